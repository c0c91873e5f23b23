using System.ComponentModel.DataAnnotations;
using System.Text;

namespace UserOrder.Messaging.Idempotency;

/// <summary>Refuses a value of the request header <c>Idempotency-Key</c> that is no key. Beside <c>[FromHeader(Name = HeaderName)]</c>.</summary>
/// <remarks>
/// By https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ a string of RFC 8941, section 3.3.3, in quotes. Many
/// clients send it without them; both forms of the same characters are the same key.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class IdempotencyKeyHeaderAttribute() : ValidationAttribute(
    $"The header {HeaderName} must be one key of 1 to 255 visible ASCII characters; in quotes also with spaces and commas.")
{
    /// <summary>The request header.</summary>
    public const string HeaderName = "Idempotency-Key";

    /// <summary>The response header that is <c>true</c> where the answer is the first one again.</summary>
    public const string ReplayedHeaderName = "Idempotency-Replayed";

    /// <summary>The header in words, for the OpenAPI document.</summary>
    public const string Description =
        "A key that the client makes up for this request, such as a UUID, and sends again with each retry of it, within 24 hours. The " +
        $"request is carried out once; a retry gets the first answer again, with the header {ReplayedHeaderName}: true. 1 to 255 visible " +
        "ASCII characters, with or without quotes.";

    private const int MaxLength = 255;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string header || Parse(header) is not null;

    /// <summary>The key in a header's value; null where there is none.</summary>
    internal static string? Parse(string header)
    {
        var key = header is ['"', .. var quoted, '"'] ? Unescape(quoted) : header.All(IsBare) && header is not ['"', ..] ? header : null;
        return key is { Length: >= 1 and <= MaxLength } ? key : null;
    }

    private static string? Unescape(string quoted)
    {
        var key = new StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            var isEscaped = quoted[i] == '\\';
            if (isEscaped && ++i == quoted.Length)
            {
                return null;
            }

            if (isEscaped ? quoted[i] is not ('"' or '\\') : quoted[i] is '"' or < ' ' or > '~')
            {
                return null;
            }

            key.Append(quoted[i]);
        }

        return key.ToString();
    }

    // Outside of quotes a comma ends a value: it is how several header lines arrive that were put into one (RFC 9110, section 5.3).
    private static bool IsBare(char character) => character is > ' ' and <= '~' and not ',';
}
