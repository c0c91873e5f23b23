using System.Text.RegularExpressions;

namespace UserOrder.Tests.Documents;

/// <summary>A C# file: its comments and the names of its tests.</summary>
internal sealed partial class SourceText(string text)
{
    /// <summary>The comments, line by line. Whitespace around the slashes distinguishes them from addresses in strings.</summary>
    public IEnumerable<(int Number, string Text)> Comments() => Find(Comment());

    /// <summary>The names of the test methods, which contain underscores.</summary>
    public IEnumerable<(int Number, string Text)> TestNames() => Find(TestName());

    private IEnumerable<(int Number, string Text)> Find(Regex pattern) =>
        from line in text.Split('\n').Index()
        let match = pattern.Match(line.Item)
        where match.Success
        select (line.Index + 1, match.Groups["text"].Value);

    [GeneratedRegex(@"(^|\s)///?\s(?<text>.*)")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*public (async Task|void) (?<text>\w+_\w+)\(")]
    private static partial Regex TestName();
}
