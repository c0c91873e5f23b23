using UserOrder.Bench.Comparison;

namespace UserOrder.Bench.Report;

/// <summary>docs/performance.md, in which each run replaces the text between the two markers of its section.</summary>
internal static class PerformanceDocument
{
    public static void Write(ComparisonResult result, string tables, BenchFolders folders)
    {
        var charts = Charts.Of(result);
        var images = string.Join('\n', charts.Select(chart => $"![{chart.Value.Title}](images/{chart.Key})\n"));
        var document = Replace(File.ReadAllText(folders.Document), "bench", $"{images}\n{tables}");
        foreach (var (name, chart) in charts)
        {
            File.WriteAllText(Path.Combine(folders.Images, name), chart.ToSvg());
        }

        File.WriteAllText(folders.Document, document);
    }

    /// <summary>Replaces one section besides the comparison: <c>requests</c>, <c>order</c> or <c>telemetry</c>.</summary>
    public static void WriteSection(string section, string tables, BenchFolders folders) =>
        File.WriteAllText(folders.Document, Replace(File.ReadAllText(folders.Document), section, tables));

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
