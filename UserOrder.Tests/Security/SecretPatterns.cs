using System.Text.RegularExpressions;

namespace UserOrder.Tests.Security;

/// <summary>Finds secrets in a text.</summary>
internal static partial class SecretPatterns
{
    // 16 or more random characters exceed this; words do not, because they repeat characters. Hexadecimal text has at most 4 bits.
    private const double MinimumEntropy = 3.2;

    /// <summary>The parts of a text that look like a secret.</summary>
    public static IEnumerable<string> Find(string text) =>
        Known().Matches(text)
            .Concat(InUri().Matches(text).Where(match => IsPassword(match.Groups["password"].Value)))
            .Concat(Assigned().Matches(text).Where(match => IsRandom(match.Groups["value"].Value)))
            .Select(match => match.Value);

    private static bool IsPassword(string value) => IsLiteral(value) && value.Any(char.IsAsciiDigit);

    private static bool IsRandom(string value) => IsPassword(value) && Entropy(value) > MinimumEntropy;

    /// <summary>Shannon entropy in bits per character.</summary>
    private static double Entropy(string value) => value.CountBy(character => character)
        .Sum(count => -(double)count.Value / value.Length * Math.Log2((double)count.Value / value.Length));

    /// <summary>False for a reference, such as <c>{parameter.value}</c>, <c>$VARIABLE</c> or <c>&lt;password&gt;</c>.</summary>
    private static bool IsLiteral(string value) =>
        value.Length > 0 && !value.Contains('{') && value[0] is not ('$' or '<' or '%' or '*' or '…');

    /// <summary>Keys and tokens with a known format.</summary>
    [GeneratedRegex(
        @"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bnpm_[A-Za-z0-9]{36}\b|" +
        @"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\bxox[baprs]-[\w-]{10,}")]
    private static partial Regex Known();

    /// <summary>A password in a URI. RabbitMQ's user guest does not count, because it can log in from the same machine only.</summary>
    [GeneratedRegex(@"\b[a-z]+://(?!guest:)[^\s:/@""']+:(?<password>[^\s:/@""']{8,})@")]
    private static partial Regex InUri();

    [GeneratedRegex(@"(?i)(password|passwd|pwd|secret|token|api_?key)[""']?\s*[:=]\s*[""']?(?<value>[A-Za-z0-9+/_-]{16,})")]
    private static partial Regex Assigned();
}
