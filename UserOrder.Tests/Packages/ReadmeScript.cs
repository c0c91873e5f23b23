using System.Text;
using System.Text.RegularExpressions;

namespace UserOrder.Tests.Packages;

/// <summary>
/// The steps of a package's README as a shell script, word for word: its commands, its files, and the lines that it adds to a project.
/// </summary>
internal static partial class ReadmeScript
{
    private const string End = "END_OF_FILE";

    /// <summary>Reads the steps. A block <c>console</c> is a session to look at, with addresses of the reader's servers.</summary>
    /// <exception cref="FormatException">A block is neither a command nor the content of a named file.</exception>
    public static string Of(string readme)
    {
        var script = new StringBuilder();
        foreach (Match block in Block().Matches(readme))
        {
            var (language, content) = (block.Groups["language"].Value, block.Groups["content"].Value);
            var label = Labels().Matches(readme[..block.Index]).LastOrDefault()?.Groups;
            script.Append((language, label) switch
            {
                ("console", _) => "",
                ("bash", _) => content,
                ("xml", { } at) => Insert(at["project"].Value, content),
                (_, { } at) => Write(at["file"].Value, content),
                _ => throw new FormatException($"No file is named before the block: {content}"),
            });
        }

        return script.ToString();
    }

    private static string Write(string file, string content) => $"cat >'{file}' <<'{End}'\n{content}{End}\n";

    /// <summary>Adds lines before the end of a project file.</summary>
    private static string Insert(string project, string content) =>
        $"sed -i '/<\\/Project>/d' '{project}'\ncat >>'{project}' <<'{End}'\n{content}</Project>\n{End}\n";

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<content>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^`(?<file>[^`]+)`:|In `(?<project>[^`]+)`, before `</Project>`:", RegexOptions.Multiline)]
    private static partial Regex Labels();
}
