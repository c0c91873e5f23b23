using UserOrder.Bench.Comparison;

namespace UserOrder.Bench.Report;

/// <summary>docs/performance.md, of which each run writes what is between the two markers of its section.</summary>
internal static class PerformanceDocument
{
    private const string Comparison = "bench";
    private const string Telemetry = "telemetry";

    /// <exception cref="BenchException">The document has no markers; nothing was written.</exception>
    public static void Write(ComparisonResult result, string tables, BenchFolders folders)
    {
        var charts = Charts.Of(result);
        var images = string.Join('\n', charts.Select(chart => $"![{chart.Value.Title}](images/{chart.Key})\n"));
        var document = Replace(File.ReadAllText(folders.Document), Comparison, $"{images}\n{tables}");
        foreach (var (name, chart) in charts)
        {
            File.WriteAllText(Path.Combine(folders.Images, name), chart.ToSvg());
        }

        File.WriteAllText(folders.Document, document);
    }

    /// <exception cref="BenchException">The document has no markers; nothing was written.</exception>
    public static void WriteTelemetry(string tables, BenchFolders folders) =>
        File.WriteAllText(folders.Document, Replace(File.ReadAllText(folders.Document), Telemetry, tables));

    /// <exception cref="BenchException">The document has no markers of that section.</exception>
    public static string Replace(string document, string section, string text)
    {
        var (beginMark, endMark) = ($"<!-- {section}:begin -->", $"<!-- {section}:end -->");
        var (begin, end) = (document.IndexOf(beginMark, StringComparison.Ordinal), document.IndexOf(endMark, StringComparison.Ordinal));
        return begin >= 0 && begin < end
            ? $"{document[..begin]}{beginMark}\n\n{text}\n{document[end..]}"
            : throw new BenchException($"The document has no {beginMark} … {endMark}.");
    }
}
