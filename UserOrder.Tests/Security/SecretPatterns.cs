using System.Text.RegularExpressions;

namespace UserOrder.Tests.Security;

/// <summary>What a secret looks like in a text.</summary>
internal static partial class SecretPatterns
{
    // Of 16 and more random characters; words repeat theirs. A hexadecimal one has at most 4.
    private const double LeastEntropy = 3.2;

    /// <summary>The places in a text that look like a secret.</summary>
    public static IEnumerable<string> Find(string text) =>
        Known().Matches(text).Select(match => match.Value)
            .Concat(InUri().Matches(text).Where(match => IsLiteral(match.Groups["password"].Value) && match.Groups["password"].Value.Any(char.IsAsciiDigit)).Select(match => match.Value))
            .Concat(Assigned().Matches(text).Where(match => IsRandom(match.Groups["value"].Value)).Select(match => match.Value));

    private static bool IsRandom(string value) => IsLiteral(value) && value.Any(char.IsAsciiDigit) && Entropy(value) > LeastEntropy;

    /// <summary>Bits a character, by Shannon.</summary>
    private static double Entropy(string value) => value.CountBy(character => character)
        .Sum(count => -(double)count.Value / value.Length * Math.Log2((double)count.Value / value.Length));

    /// <summary>Not a reference to a value that stands elsewhere, such as <c>{parameter.value}</c>, <c>$VARIABLE</c> or <c>&lt;password&gt;</c>.</summary>
    private static bool IsLiteral(string value) => value.Length > 0 && !value.Contains('{') && value[0] is not ('$' or '<' or '%' or '*' or '…');

    /// <summary>Keys and tokens that have a form of their own.</summary>
    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bnpm_[A-Za-z0-9]{36}\b|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\bxox[baprs]-[\w-]{10,}")]
    private static partial Regex Known();

    /// <summary>A password in an address. RabbitMQ's guest, who is let in from the same machine only, has none.</summary>
    [GeneratedRegex(@"\b[a-z]+://(?!guest:)[^\s:/@""']+:(?<password>[^\s:/@""']{8,})@")]
    private static partial Regex InUri();

    [GeneratedRegex(@"(?i)(password|passwd|pwd|secret|token|api_?key)[""']?\s*[:=]\s*[""']?(?<value>[A-Za-z0-9+/_-]{16,})")]
    private static partial Regex Assigned();
}
