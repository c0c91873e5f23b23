using System.Text;
using System.Text.Unicode;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>A message body in a form that JSON can carry: text if it is UTF-8, otherwise base64.</summary>
/// <param name="Text">The body as text; null if it is not UTF-8.</param>
/// <param name="Base64">The body in base64; null if it is UTF-8.</param>
/// <param name="IsCut">Whether the rest of the body is omitted.</param>
internal sealed record DeadLetterBody(string? Text, string? Base64, bool IsCut)
{
    /// <summary>Converts at most the first <paramref name="maxBytes"/> bytes of a body, without splitting a UTF-8 character.</summary>
    public static DeadLetterBody Of(ReadOnlySpan<byte> body, int maxBytes = int.MaxValue)
    {
        var isText = Utf8.IsValid(body);
        var length = Math.Min(body.Length, maxBytes);
        while (isText && length < body.Length && IsContinuationByte(body[length]))
        {
            length--;
        }

        var shown = body[..length];
        return new DeadLetterBody(
            isText ? Encoding.UTF8.GetString(shown) : null,
            isText ? null : Convert.ToBase64String(shown),
            IsCut: length < body.Length);
    }

    private static bool IsContinuationByte(byte value) => (value & 0b1100_0000) == 0b1000_0000;
}
