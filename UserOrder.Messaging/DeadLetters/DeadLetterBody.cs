using System.Text;
using System.Text.Unicode;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>A body as JSON can carry it: as text where it is UTF-8, else in base64.</summary>
/// <param name="Text">The body; null where it is not UTF-8.</param>
/// <param name="Base64">The body; null where it is UTF-8.</param>
/// <param name="IsCut">Whether this is the beginning of the body only.</param>
internal sealed record DeadLetterBody(string? Text, string? Base64, bool IsCut)
{
    /// <summary>The body, or of a longer one at most the first <paramref name="maxBytes"/> bytes, with no character cut in two.</summary>
    public static DeadLetterBody Of(ReadOnlySpan<byte> body, int maxBytes = int.MaxValue)
    {
        var isText = Utf8.IsValid(body);
        var length = Math.Min(body.Length, maxBytes);
        while (isText && length < body.Length && IsInsideOfCharacter(body[length]))
        {
            length--;
        }

        var shown = body[..length];
        return new DeadLetterBody(
            isText ? Encoding.UTF8.GetString(shown) : null,
            isText ? null : Convert.ToBase64String(shown),
            IsCut: length < body.Length);
    }

    private static bool IsInsideOfCharacter(byte value) => (value & 0b1100_0000) == 0b1000_0000;
}
