namespace UserOrder.Bench.Report;

internal static class MarkdownTable
{
    /// <summary>A table of Markdown, with a line feed after each row.</summary>
    public static string Write<T>(IEnumerable<T> rows, params IReadOnlyList<(string Heading, Func<T, string> Cell)> columns)
    {
        return string.Concat(
            rows.Select(row => Line(columns.Select(column => column.Cell(row))))
                .Prepend(Line(columns.Select(_ => "---")))
                .Prepend(Line(columns.Select(column => column.Heading))));

        static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";
    }
}
