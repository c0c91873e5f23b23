using System.Text.RegularExpressions;

namespace UserOrder.Tests.Documents;

/// <summary>The rule of CONTRIBUTING.md: plain English in short lines.</summary>
public sealed partial class PlainEnglishTests
{
    private const int LongestLine = 120;

    public static TheoryData<string> Documents { get; } =
        [.. MarkdownText.Files.Where(file => !file.Contains('/', StringComparison.Ordinal) || (file.StartsWith("docs/", StringComparison.Ordinal) && file != "docs/licenses.md"))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_has_no_tell_tale_words(string file) => Assert.Empty(Habits(Read(file)));

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_line_of_prose_has_at_most_120_characters(string file) => Assert.Empty(LongLines(Read(file)));

    [Theory]
    [InlineData("The service writes it anew.")]
    [InlineData("Whoever replays it decides.")]
    [InlineData("It ends with the transaction, be it committed or not.")]
    [InlineData("No token is to be had.")]
    [InlineData("| key | what is no UUID |")]
    [InlineData("The event is put aside.")]
    public void A_tell_tale_word_is_found(string line) => Assert.Single(Habits($"# Title\n\n{line}\n"));

    [Theory]
    [InlineData("A renewal, maybe italic, whatever happens; inputs aside.")]
    [InlineData("    echo anew")]
    [InlineData("```\nanew\n```")]
    [InlineData("| before | after |\n| --- | --- |\n| Finds it out anew. | Reads it again. |")]
    public void Other_words_code_and_bad_examples_pass(string text) => Assert.Empty(Habits(text));

    [Fact]
    public void A_tell_tale_word_in_a_good_example_is_found() => Assert.Single(Habits("| before | after |\n| --- | --- |\n| Again. | Reads it anew. |"));

    [Fact]
    public void A_long_line_is_found_unless_a_table_code_or_a_link_makes_it_long()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 25));

        Assert.Equal(["2: 124"], LongLines($"# Title\n{words}\n| {words} |\n    {words}\n[a link](https://userorder.example/{words.Replace(' ', '-')})\n"));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    private static IEnumerable<string> Habits(string text)
    {
        var areExamples = false;
        foreach (var (number, line) in new MarkdownText(text).WrittenLines())
        {
            areExamples = line.StartsWith('|') && (areExamples || line.StartsWith("| before |", StringComparison.Ordinal));
            foreach (Match match in Habit().Matches(areExamples ? line[line.IndexOf('|', 1)..] : line))
            {
                yield return $"{number}: {match.Value}";
            }
        }
    }

    private static IEnumerable<string> LongLines(string text) =>
        from line in new MarkdownText(text).WrittenLines()
        where !line.Text.StartsWith('|') && Address().Replace(line.Text, "").Length > LongestLine
        select $"{line.Number}: {line.Text.Length}";

    /// <summary>Few words, each of which nearly always stands for a sentence to be written again.</summary>
    [GeneratedRegex(@"\b(anew|whoever|be it|to be had|what is no|nobody that|puts? aside)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Habit();

    [GeneratedRegex(@"\]\([^)]*\)?|https?://\S+|`[^`]{60,}`")]
    private static partial Regex Address();
}
