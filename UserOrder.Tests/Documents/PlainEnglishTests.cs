using System.Text.RegularExpressions;

namespace UserOrder.Tests.Documents;

/// <summary>The rules of CONTRIBUTING.md and .editorconfig: plain English, and short lines in documents and code.</summary>
public sealed partial class PlainEnglishTests
{
    private const int LongestLine = 120;

    // The same as max_line_length in .editorconfig.
    private const int LongestLineOfCode = 140;

    public static TheoryData<string> Documents { get; } = [.. MarkdownText.Files.Where(IsChecked)];

    public static TheoryData<string> SourceFolders { get; } =
    [
        "UserOrder.ApiDefaults",
        "UserOrder.AppHost",
        "UserOrder.Messaging",
        "UserOrder.Messaging.AspNetCore",
        "UserOrder.Messaging.EntityFrameworkCore",
        "UserOrder.Messaging.Testing",
        "UserOrder.Messaging.Tests",
        "UserOrder.OrderApi",
        "UserOrder.Schedules.Tests",
        "UserOrder.ServiceDefaults",
        "UserOrder.Tests",
        "UserOrder.UserApi",
        "bench",
        "tools",
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_has_no_tell_tale_words(string file) => Assert.Empty(InDocument(Read(file)));

    [Theory]
    [MemberData(nameof(SourceFolders))]
    public void Comments_and_test_names_have_no_tell_tale_words(string folder)
    {
        var files = SourceFiles(folder);

        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => InSource(Read(file)).Select(found => $"{file}:{found}")));
    }

    [Theory]
    [MemberData(nameof(SourceFolders))]
    public void A_line_of_code_has_at_most_140_characters(string folder)
    {
        var files = SourceFiles(folder);

        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => LongLinesOfCode(Read(file)).Select(found => $"{file}:{found}")));
    }

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
    [InlineData("Nobody reads the message.")]
    [InlineData("The client is told to wait.")]
    public void A_tell_tale_word_is_found(string line) => Assert.Single(InDocument($"# Title\n\n{line}\n"));

    [Theory]
    [InlineData("A renewal, maybe italic, whatever happens; inputs aside.")]
    [InlineData("    echo anew")]
    [InlineData("```\nanew\n```")]
    [InlineData("| before | after |\n| --- | --- |\n| Finds it out anew. | Reads it again. |")]
    public void Other_words_code_and_bad_examples_pass(string text) => Assert.Empty(InDocument(text));

    [Theory]
    [InlineData("/// <summary>Finds the state out anew.</summary>")]
    [InlineData("\t// Nobody reads the message.")]
    [InlineData("return 1;\t// The caller is told to wait.")]
    [InlineData("    public void Who_sends_too_much_waits()")]
    [InlineData("    public async Task What_is_too_large_is_refused(int size)")]
    [InlineData("    public async Task A_message_that_nobody_can_read_becomes_a_dead_letter()")]
    [InlineData("    public void A_taken_email_is_told_again() => Assert.True(true);")]
    public void A_tell_tale_word_in_a_comment_or_a_test_name_is_found(string line) => Assert.Single(InSource($"namespace A;\n{line}\n"));

    [Theory]
    [InlineData("/// <summary>Whatever the clients do, the whole state is renewed.</summary>")]
    [InlineData("var text = \"Nobody reads it anew.\";")]
    [InlineData("var url = \"https://userorder.example/nobody\";")]
    [InlineData("var (told, nobody) = (1, 2);")]
    [InlineData("    public void A_caller_over_the_rate_limit_gets_429_and_others_are_served()")]
    public void Other_comments_code_and_strings_pass(string line) => Assert.Empty(InSource(line));

    [Fact]
    public void A_tell_tale_word_in_a_good_example_is_found() =>
        Assert.Single(InDocument("| before | after |\n| --- | --- |\n| Again. | Reads it anew. |"));

    [Fact]
    public void A_long_line_is_found_unless_a_table_code_or_a_link_makes_it_long()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 25));

        Assert.Equal(
            ["2: 124"],
            LongLines($"# Title\n{words}\n| {words} |\n    {words}\n[a link](https://userorder.example/{words.Replace(' ', '-')})\n"));
    }

    private static bool IsChecked(string file) => !file.Contains('/', StringComparison.Ordinal)
        || (file.StartsWith("docs/", StringComparison.Ordinal) && file != "docs/licenses.md");

    private static List<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .ToList();

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    private static IEnumerable<string> InDocument(string text)
    {
        var areExamples = false;
        foreach (var (number, line) in new MarkdownText(text).WrittenLines())
        {
            areExamples = line.StartsWith('|') && (areExamples || line.StartsWith("| before |", StringComparison.Ordinal));
            foreach (var word in TellTales.In(areExamples ? line[line.IndexOf('|', 1)..] : line))
            {
                yield return $"{number}: {word}";
            }
        }
    }

    private static IEnumerable<string> InSource(string text)
    {
        var source = new SourceText(text);
        return source.Comments().SelectMany(comment => TellTales.In(comment.Text).Select(word => $"{comment.Number}: {word}"))
            .Concat(source.TestNames().SelectMany(name => TellTales.InName(name.Text).Select(word => $"{name.Number}: {word}")));
    }

    private static IEnumerable<string> LongLines(string text) =>
        from line in new MarkdownText(text).WrittenLines()
        where !line.Text.StartsWith('|') && Address().Replace(line.Text, "").Length > LongestLine
        select $"{line.Number}: {line.Text.Length}";

    private static IEnumerable<string> LongLinesOfCode(string text) =>
        from line in text.Split('\n').Index()
        where line.Item.Length > LongestLineOfCode
        select $"{line.Index + 1}: {line.Item.Length}";

    [GeneratedRegex(@"\]\([^)]*\)?|https?://\S+|`[^`]{60,}`")]
    private static partial Regex Address();
}
