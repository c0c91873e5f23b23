using System.Net;
using System.Text;

namespace UserOrder.Simulation.Report;

/// <summary>An SVG of lines over logarithmic axes, x by powers of two and y by powers of ten.</summary>
internal static class LineChart
{
    private const double Width = 980;
    private const double Height = 520;
    private const double Left = 80;
    private const double Right = 350;
    private const double Top = 50;
    private const double Bottom = 60;

    public static void Write(string path, string title, string xTitle, string yTitle, IReadOnlyList<ChartLine> lines) =>
        File.WriteAllText(path, Draw(title, xTitle, yTitle, lines));

    private static string Draw(string title, string xTitle, string yTitle, IReadOnlyList<ChartLine> lines)
    {
        var points = lines.SelectMany(line => line.Points).ToList();
        var (minX, maxX) = (Math.Floor(Math.Log2(points.Min(point => point.X))), Math.Ceiling(Math.Log2(points.Max(point => point.X))));
        var (minY, maxY) = (Math.Floor(Math.Log10(points.Min(point => point.Y))), Math.Ceiling(Math.Log10(points.Max(point => point.Y))));
        var (right, bottom) = (Width - Right, Height - Bottom);
        var svg = new StringBuilder();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13" fill="#1f2328">""");
        Add($"""<rect width="{Width}" height="{Height}" fill="#ffffff"/>""");
        Add($"""<text x="{Left}" y="28" font-size="17" font-weight="bold">{Text(title)}</text>""");
        for (var power = minX; power <= maxX; power++)
        {
            var x = X(Math.Pow(2, power));
            Add($"""<line x1="{x:0.#}" y1="{Top}" x2="{x:0.#}" y2="{bottom}" stroke="#d8dee4"/>""");
            Add($"""<text x="{x:0.#}" y="{bottom + 20}" text-anchor="middle">{Math.Pow(2, power):0}</text>""");
        }

        for (var power = minY; power <= maxY; power++)
        {
            var y = Y(Math.Pow(10, power));
            Add($"""<line x1="{Left}" y1="{y:0.#}" x2="{right}" y2="{y:0.#}" stroke="#d8dee4"/>""");
            Add($"""<text x="{Left - 8}" y="{y + 4:0.#}" text-anchor="end">{Math.Pow(10, power):#,0}</text>""");
        }

        Add($"""<text x="{(Left + right) / 2}" y="{Height - 18}" text-anchor="middle">{Text(xTitle)}</text>""");
        Add($"""<text x="20" y="{(Top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 20 {(Top + bottom) / 2})">{Text(yTitle)}</text>""");
        for (var i = 0; i < lines.Count; i++)
        {
            AddLine(lines[i], Top + 12 + (i * 24));
        }

        Add($"</svg>");
        return svg.ToString();

        void AddLine(ChartLine line, double legendY)
        {
            var dash = line.IsDashed ? " stroke-dasharray=\"6 4\"" : "";
            var path = string.Join(' ', line.Points.Select(point => FormattableString.Invariant($"{X(point.X):0.#},{Y(point.Y):0.#}")));
            Add($"""<polyline points="{path}" fill="none" stroke="{line.Color}" stroke-width="2"{dash}/>""");
            foreach (var (x, y) in line.Points)
            {
                Add($"""<circle cx="{X(x):0.#}" cy="{Y(y):0.#}" r="3" fill="{(line.IsDashed ? "#ffffff" : line.Color)}" stroke="{line.Color}"/>""");
            }

            Add($"""<line x1="{right + 15}" y1="{legendY}" x2="{right + 45}" y2="{legendY}" stroke="{line.Color}" stroke-width="2"{dash}/>""");
            Add($"""<text x="{right + 52}" y="{legendY + 4}">{Text(line.Name)}</text>""");
        }

        void Add(FormattableString line) => svg.Append(FormattableString.Invariant(line)).Append('\n');

        double X(double value) => Left + ((Math.Log2(value) - minX) / (maxX - minX) * (right - Left));

        double Y(double value) => bottom - ((Math.Log10(value) - minY) / (maxY - minY) * (bottom - Top));
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
