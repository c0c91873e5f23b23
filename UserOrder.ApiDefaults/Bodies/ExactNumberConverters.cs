using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.ApiDefaults.Bodies;

/// <summary>Reads a <see cref="decimal"/> without rounding, and without the zeros at its end.</summary>
internal sealed class ExactDecimalConverter : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ExactNumber.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>Reads each JSON number that is an integer, such as <c>1.0</c> (JSON Schema 2020-12, section 6.1.1).</summary>
internal sealed class ExactInt32Converter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ExactNumber.Read(ref reader) is var value and >= int.MinValue and <= int.MaxValue && value.Scale == 0
            ? (int)value
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
