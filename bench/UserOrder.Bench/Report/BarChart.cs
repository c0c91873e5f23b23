using System.Globalization;
using System.Security;
using System.Text;

namespace UserOrder.Bench.Report;

/// <summary>Groups of bars with their spread, as an SVG that follows the reader's choice of light or dark.</summary>
/// <param name="title">What is shown, with its unit.</param>
/// <param name="series">The names of the bars in a group.</param>
/// <param name="groups">The groups: a name, and a bar for each series; null where there is none.</param>
/// <param name="format">How a bar's median is written.</param>
internal sealed class BarChart(
    string title, IReadOnlyList<string> series, IReadOnlyList<(string Name, IReadOnlyList<Spread?> Bars)> groups, string format)
{
    private const int Width = 760;
    private const int Height = 320;
    private const int Left = 16;
    private const int Top = 72;
    private const int Bottom = 36;
    private const double GapOfGroup = 0.25;

    private const string Style =
        """
        text { font: 12px system-ui, sans-serif; fill: #24292f; text-anchor: middle }
        .title { font-size: 15px; font-weight: 600; text-anchor: start }
        .key { text-anchor: start }
        .axis, .spread { stroke: #57606a }
        .s0 { fill: #0969da } .s1 { fill: #bf8700 } .s2 { fill: #8250df } .s3 { fill: #6e7781 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .axis, .spread { stroke: #8d96a0 }
          .s0 { fill: #4493f8 } .s1 { fill: #d29922 } .s2 { fill: #ab7df8 } .s3 { fill: #9198a1 }
        }
        """;

    private readonly StringBuilder _svg = new();

    public string Title => title;

    public string ToSvg()
    {
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Escaped(title)}">""");
        Add($"<style>\n{Style}\n</style>");
        Add($"""<text class="title" x="{Left}" y="24">{Escaped(title)}</text>""");
        AddKey();

        var largest = groups.SelectMany(group => group.Bars).Max(bar => bar?.Max ?? 0);
        var groupWidth = (Width - (2.0 * Left)) / groups.Count;
        for (var i = 0; i < groups.Count; i++)
        {
            AddGroup(groups[i].Name, groups[i].Bars, Left + (i * groupWidth), groupWidth, (Height - Top - Bottom) / largest);
        }

        Add($"""<line class="axis" x1="{Left}" y1="{Height - Bottom}" x2="{Width - Left}" y2="{Height - Bottom}"/>""");
        Add($"</svg>");
        return _svg.ToString();
    }

    private void AddKey()
    {
        const int step = 130;
        for (var i = 0; i < series.Count; i++)
        {
            Add($"""<rect class="s{i}" x="{Left + (i * step)}" y="36" width="12" height="12"/>""");
            Add($"""<text class="key" x="{Left + (i * step) + 18}" y="47">{Escaped(series[i])}</text>""");
        }
    }

    private void AddGroup(string name, IReadOnlyList<Spread?> bars, double x, double width, double scale)
    {
        const double floor = Height - Bottom;
        var bar = width * (1 - GapOfGroup) / bars.Count;
        var left = x + (width * GapOfGroup / 2);
        for (var i = 0; i < bars.Count; i++)
        {
            if (bars[i] is { } figure)
            {
                var start = left + (i * bar);
                var middle = start + (bar / 2);
                var height = figure.Median * scale;
                var (low, high) = (floor - (figure.Min * scale), floor - (figure.Max * scale));
                var median = figure.Median.ToString(format, CultureInfo.InvariantCulture);
                Add($"""<rect class="s{i}" x="{start + 2:0.#}" y="{floor - height:0.#}" width="{bar - 4:0.#}" height="{height:0.#}"/>""");
                Add($"""<line class="spread" x1="{middle:0.#}" y1="{low:0.#}" x2="{middle:0.#}" y2="{high:0.#}"/>""");
                Add($"""<text x="{middle:0.#}" y="{high - 5:0.#}">{median}</text>""");
            }
        }

        Add($"""<text x="{x + (width / 2):0.#}" y="{Height - 14}">{Escaped(name)}</text>""");
    }

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string? Escaped(string text) => SecurityElement.Escape(text);
}
