using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Messaging.Events;

/// <summary>Where a value stands in the JSON that was read, so that it can be read later, as its type, without a tree in between.</summary>
/// <param name="Start">The offset of its first byte.</param>
/// <param name="Length">How many bytes it has; 0 where there is none.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct JsonExtent(int Start, int Length)
{
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> json) => json.Slice(Start, Length);

    /// <summary>Right for what is read from one span; elsewhere the offsets would be those of a part.</summary>
    internal sealed class Converter : JsonConverter<JsonExtent>
    {
        public override JsonExtent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return new JsonExtent(start, (int)reader.BytesConsumed - start);
        }

        public override void Write(Utf8JsonWriter writer, JsonExtent value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
