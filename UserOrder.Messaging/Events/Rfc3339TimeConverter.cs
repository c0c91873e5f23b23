using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Messaging.Events;

/// <summary>
/// Reads a time only with seconds and an offset, as RFC 3339 requires. The framework takes a time without an offset for the machine's local
/// time, so two replicas could read two times. Add it to the JSON context of each event that holds a time.
/// </summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc3339#section-5.6.</remarks>
public sealed class Rfc3339TimeConverter : JsonConverter<DateTimeOffset>
{
    private const int SecondsColon = 16;

    /// <inheritdoc/>
    /// <exception cref="JsonException">The value is not a string, or not a time with seconds and an offset.</exception>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var isPlain = reader is { HasValueSequence: false, ValueIsEscaped: false };
            var text = isPlain ? reader.ValueSpan : Encoding.UTF8.GetBytes(reader.GetString()!);
            if (HasSecondsAndOffset(text) && reader.TryGetDateTimeOffset(out var time))
            {
                return time;
            }
        }

        throw new JsonException();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value);
    }

    private static bool HasSecondsAndOffset(ReadOnlySpan<byte> text) =>
        text.Length > SecondsColon
            && text[SecondsColon] == ':'
            && text[^6..] is [.., (byte)'Z'] or [(byte)'+' or (byte)'-', _, _, (byte)':', _, _];
}
