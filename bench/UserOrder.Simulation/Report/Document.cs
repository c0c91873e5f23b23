namespace UserOrder.Simulation.Report;

/// <summary>A Markdown file. This program writes the parts between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
internal static class Document
{
    /// <summary>Replaces a part, and prints it.</summary>
    /// <exception cref="InvalidDataException">The file has no such part.</exception>
    public static void Write(string path, string part, string text)
    {
        var (begin, end) = ($"<!-- {part} -->\n", $"<!-- /{part} -->");
        var document = File.ReadAllText(path);
        var (from, to) = (document.IndexOf(begin, StringComparison.Ordinal), document.IndexOf(end, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{path} has no part between '{begin.Trim()}' and '{end}'.");
        }

        Console.WriteLine(text);
        File.WriteAllText(path, $"{document[..(from + begin.Length)]}{text}{document[to..]}");
    }
}
