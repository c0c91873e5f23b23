using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace UserOrder.ApiDefaults.Bodies;

/// <summary>Reads a JSON number by its value: <c>1</c>, <c>1.0</c>, <c>1.00</c> and <c>1e0</c> give the same bits.</summary>
/// <remarks>
/// The framework reads <c>1.0</c> as no integer, keeps the zeros of <c>1.00</c>, and rounds the digits that a <see cref="decimal"/> cannot
/// hold. A limit would then not see them, and an idempotency fingerprint would differ.
/// </remarks>
internal static class ExactNumber
{
    /// <summary>A <see cref="decimal"/> holds every number of that many digits, and has at most that many decimals.</summary>
    private const int MaxDigits = 28;

    /// <exception cref="JsonException">The token is not a number, or a <see cref="decimal"/> cannot hold all of its digits.</exception>
    public static decimal Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw new JsonException();
        }

        var text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        var end = text.IndexOfAny((byte)'e', (byte)'E');
        var (digits, count, exponent) = ReadDigits(end < 0 ? text : text[..end]);
        if (digits == 0)
        {
            return 0;
        }

        exponent += end < 0 ? 0 : ReadExponent(text[(end + 1)..]);
        if (count + exponent > MaxDigits || exponent < -MaxDigits)
        {
            throw new JsonException();
        }

        for (; exponent > 0; exponent--)
        {
            digits *= 10;
        }

        Span<int> bits = stackalloc int[4];
        decimal.GetBits(digits, bits);
        return new decimal(bits[0], bits[1], bits[2], isNegative: text[0] == '-', scale: (byte)-exponent);
    }

    /// <returns>The digits without zeros at either end, their number, and the power of ten to multiply them with.</returns>
    private static (decimal Digits, int Count, long Exponent) ReadDigits(ReadOnlySpan<byte> text)
    {
        var (digits, count, zeros, decimals) = (0m, 0, 0, 0);
        var isFraction = false;
        foreach (var character in text)
        {
            if (character is not (>= (byte)'0' and <= (byte)'9'))
            {
                isFraction |= character == '.';
                continue;
            }

            decimals += isFraction ? 1 : 0;
            zeros++;
            if (character == '0')
            {
                continue;
            }

            count = count == 0 ? 1 : count + zeros;
            if (count > MaxDigits)
            {
                throw new JsonException();
            }

            for (; zeros > 0 && digits > 0; zeros--)
            {
                digits *= 10;
            }

            digits += character - '0';
            zeros = 0;
        }

        return (digits, count, zeros - decimals);
    }

    private static long ReadExponent(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int exponent, out var consumed) && consumed == text.Length ? exponent : throw new JsonException();
}
