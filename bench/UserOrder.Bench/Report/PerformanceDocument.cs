using UserOrder.Bench.Comparison;

namespace UserOrder.Bench.Report;

/// <summary>docs/performance.md, of which what is between two markers is written by each full run.</summary>
internal static class PerformanceDocument
{
    private const string Begin = "<!-- bench:begin -->";
    private const string End = "<!-- bench:end -->";

    /// <exception cref="BenchException">The document has no markers; nothing was written.</exception>
    public static void Write(ComparisonResult result, string tables, BenchFolders folders)
    {
        var charts = Charts.Of(result);
        var images = string.Join('\n', charts.Select(chart => $"![{chart.Value.Title}](images/{chart.Key})\n"));
        var document = Replace(File.ReadAllText(folders.Document), $"{images}\n{tables}");
        foreach (var (name, chart) in charts)
        {
            File.WriteAllText(Path.Combine(folders.Images, name), chart.ToSvg());
        }

        File.WriteAllText(folders.Document, document);
    }

    /// <exception cref="BenchException">The document has no markers.</exception>
    public static string Replace(string document, string tables)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        return begin >= 0 && begin < end
            ? $"{document[..begin]}{Begin}\n\n{tables}\n{document[end..]}"
            : throw new BenchException($"The document has no {Begin} … {End}.");
    }
}
