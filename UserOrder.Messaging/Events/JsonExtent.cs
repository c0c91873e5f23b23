using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Messaging.Events;

/// <summary>The position of a value in JSON, so that a later step can deserialize the value without a document tree.</summary>
/// <param name="Start">The offset of the value's first byte.</param>
/// <param name="Length">The value's length in bytes; 0 if there is no value.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct JsonExtent(int Start, int Length)
{
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> json) => json.Slice(Start, Length);

    /// <summary>Correct only for JSON in one span. In a stream, the offsets would refer to the current part.</summary>
    internal sealed class Converter : JsonConverter<JsonExtent>
    {
        public override JsonExtent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return new JsonExtent(start, (int)reader.BytesConsumed - start);
        }

        public override void Write(Utf8JsonWriter writer, JsonExtent value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
