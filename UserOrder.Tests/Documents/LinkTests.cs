namespace UserOrder.Tests.Documents;

/// <summary>Each relative link in the Markdown files points to an existing file or folder, and its anchor to an existing heading.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Documents { get; } = [.. MarkdownText.Files];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Each_link_resolves(string file) => Assert.Empty(Broken(file, File.ReadAllText(Path.Combine(Repository.Root, file))));

    [Theory]
    [InlineData("[gone](docs/gone.md)", "docs/gone.md")]
    [InlineData("[gone](docs/operations.md#gone)", "docs/operations.md#gone")]
    [InlineData("# Here\n[gone](#there)", "#there")]
    [InlineData("![gone](docs/images/gone.png)", "docs/images/gone.png")]
    public void A_broken_link_is_found(string text, string link) => Assert.Equal([link], Broken("README.md", text));

    [Fact]
    public void A_valid_link_and_a_link_in_code_pass() => Assert.Empty(Broken(
        "docs/operations.md",
        "# One & two\n# One & two\n[a](#one--two-1) [b](contracts.md) [c](../contracts) [d](https://userorder.example) " +
        "`[e](gone.md)`\n    [f](gone.md)"));

    private static IEnumerable<string> Broken(string file, string text) =>
        new MarkdownText(text).Links().Where(link => !Resolves(file, text, link));

    private static bool Resolves(string file, string text, string link)
    {
        var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, "");
        var target = path.Length == 0 ? null : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, path));
        return (target is null || Path.Exists(target))
            && (anchor.Length == 0 || new MarkdownText(target is null ? text : File.ReadAllText(target)).Anchors().Contains(anchor));
    }
}
