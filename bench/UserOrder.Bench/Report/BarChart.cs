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
    private const int Floor = Height - 36;
    private const int KeyWidth = 130;
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

    public string Title => title;

    public string ToSvg()
    {
        var svg = new StringBuilder();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Escaped(title)}">""");
        Add($"<style>\n{Style}\n</style>");
        Add($"""<text class="title" x="{Left}" y="24">{Escaped(title)}</text>""");
        for (var i = 0; i < series.Count; i++)
        {
            var x = Left + (i * KeyWidth);
            Add($"""<rect class="s{i}" x="{x}" y="36" width="12" height="12"/>""");
            Add($"""<text class="key" x="{x + 18}" y="47">{Escaped(series[i])}</text>""");
        }

        var scale = (Floor - Top) / groups.SelectMany(group => group.Bars).Max(bar => bar?.Max ?? 0);
        var width = (Width - (2.0 * Left)) / groups.Count;
        foreach (var (number, (name, bars)) in groups.Index())
        {
            var left = Left + (number * width);
            AddBars(bars, left + (width * GapOfGroup / 2), width * (1 - GapOfGroup) / bars.Count, scale);
            Add($"""<text x="{left + (width / 2):0.#}" y="{Height - 14}">{Escaped(name)}</text>""");
        }

        Add($"""<line class="axis" x1="{Left}" y1="{Floor}" x2="{Width - Left}" y2="{Floor}"/>""");
        Add("</svg>");
        return svg.ToString();

        void Add(string line) => svg.Append(line).Append('\n');

        void AddBars(IReadOnlyList<Spread?> bars, double left, double width, double scale)
        {
            foreach (var (i, bar) in bars.Index().Where(bar => bar.Item is not null))
            {
                var figure = bar!.Value;
                var (start, height) = (left + (i * width), figure.Median * scale);
                var (middle, low, high) = (start + (width / 2), Floor - (figure.Min * scale), Floor - (figure.Max * scale));
                Add($"""<rect class="s{i}" x="{start + 2:0.#}" y="{Floor - height:0.#}" width="{width - 4:0.#}" height="{height:0.#}"/>""");
                Add($"""<line class="spread" x1="{middle:0.#}" y1="{low:0.#}" x2="{middle:0.#}" y2="{high:0.#}"/>""");
                Add($"""<text x="{middle:0.#}" y="{high - 5:0.#}">{figure.Median.ToString(format)}</text>""");
            }
        }
    }

    private static string? Escaped(string text) => SecurityElement.Escape(text);
}
