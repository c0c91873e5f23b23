using System.Text;

namespace UserOrder.ApiDefaults.Limits;

/// <summary>
/// Decodes digits, and every other byte as <c>x</c>. The server parses a <c>Content-Length</c> by its encoding, and with the default one
/// it accepts a sign, which another server on the way may read differently (RFC 9110, section 8.6: digits only).
/// </summary>
internal sealed class DigitEncoding : Encoding
{
    /// <summary>More than the server parses; it refuses a length of that many characters.</summary>
    private const int MaxCharacters = 20;

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var count = Math.Min(bytes.Length, chars.Length);
        for (var i = 0; i < count; i++)
        {
            chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : 'x';
        }

        return count;
    }

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetCharCount(byte[] bytes, int index, int count) => Math.Min(count, MaxCharacters);

    public override int GetMaxCharCount(int byteCount) => Math.Min(byteCount, MaxCharacters);

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException();

    public override int GetMaxByteCount(int charCount) => throw new NotSupportedException();
}
