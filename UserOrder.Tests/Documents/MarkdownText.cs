using System.Text.RegularExpressions;

namespace UserOrder.Tests.Documents;

/// <summary>A Markdown document: its prose, its anchors and its relative links.</summary>
internal sealed partial class MarkdownText(string text)
{
    /// <summary>The documents of the repository, relative to its root, without those of tools.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. new[] { "*.md", "docs/*.md", "docs/adr/*.md", "UserOrder.*/*.md", "bench/*.md", "deploy/observability/*.md", ".github/*.md" }
            .Select(pattern => (Folder: Path.Combine(Repository.Root, Path.GetDirectoryName(pattern)!), Name: Path.GetFileName(pattern)))
            .SelectMany(pattern => FoldersOf(pattern.Folder).SelectMany(folder => Directory.EnumerateFiles(folder, pattern.Name)))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal)];

    /// <summary>The hand-written lines: neither code blocks nor parts that a program generates between two markers.</summary>
    public IEnumerable<(int Number, string Text)> WrittenLines()
    {
        var (isCode, isGenerated) = (false, false);
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
            }
            else if (Marker().IsMatch(line))
            {
                isGenerated = !isGenerated;
            }
            else if (!isCode && !isGenerated && !line.StartsWith("    ", StringComparison.Ordinal))
            {
                yield return (index + 1, line);
            }
        }
    }

    /// <summary>The anchors that GitHub derives from the headings.</summary>
    public IReadOnlySet<string> Anchors()
    {
        var anchors = new HashSet<string>();
        foreach (var (_, line) in WrittenLines().Where(line => line.Text.StartsWith('#')))
        {
            var anchor = NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');
            var number = 0;
            for (var unique = anchor; !anchors.Add(unique); unique = $"{anchor}-{++number}")
            {
            }
        }

        return anchors;
    }

    /// <summary>The targets of the links within the repository.</summary>
    public IEnumerable<string> Links() =>
        Link().Matches(InlineCode().Replace(string.Join('\n', WrittenLines().Select(line => line.Text)), ""))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains(':', StringComparison.Ordinal));

    private static string[] FoldersOf(string pattern) => pattern.Contains('*', StringComparison.Ordinal)
        ? Directory.GetDirectories(Path.GetDirectoryName(pattern)!, Path.GetFileName(pattern))
        : [pattern];

    /// <summary>The begin or end marker of a generated part, in either of its two forms.</summary>
    [GeneratedRegex("^<!-- (/?[a-z]+|[a-z]+:(begin|end)) -->$")]
    private static partial Regex Marker();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();
}
