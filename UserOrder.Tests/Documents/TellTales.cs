using System.Text.RegularExpressions;

namespace UserOrder.Tests.Documents;

/// <summary>A few words that almost always mark a sentence in need of a rewrite.</summary>
internal static partial class TellTales
{
    public static IEnumerable<string> In(string text) => Words().Matches(text).Select(match => match.Value);

    /// <summary>Reads a test name as a sentence.</summary>
    public static IEnumerable<string> InName(string name)
    {
        var sentence = name.Replace('_', ' ');
        return Beginnings().Matches(sentence).Select(match => match.Value).Concat(In(sentence));
    }

    [GeneratedRegex(@"\b(anew|whoever|nobody|told|be it|to be had|what is no|puts? aside)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Words();

    /// <summary>A relative clause in place of a subject.</summary>
    [GeneratedRegex("^(who|what is) ", RegexOptions.IgnoreCase)]
    private static partial Regex Beginnings();
}
