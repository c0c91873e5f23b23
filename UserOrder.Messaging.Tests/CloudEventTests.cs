using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Tests;

public sealed class CloudEventTests
{
    private static readonly Guid Id = Guid.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly JsonSerializerOptions WithTimes = new() { Converters = { new Rfc3339TimeConverter() } };

    [Fact]
    public void The_envelope_has_the_attributes_of_CloudEvents_1_0()
    {
        using var origin = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        origin.TraceStateString = "vendor=1";

        var json = Parse(CloudEventWriter.Write(Thing.Happened, Id, "/a-service", "thing-1", Time, origin, new Thing("tea")));

        Assert.Equal("1.0", (string?)json["specversion"]);
        Assert.Equal(Id.ToString(), (string?)json["id"]);
        Assert.Equal("/a-service", (string?)json["source"]);
        Assert.Equal("thing.happened.v1", (string?)json["type"]);
        Assert.Equal("thing-1", (string?)json["subject"]);
        Assert.Equal(Time, (DateTimeOffset?)json["time"]);
        Assert.Equal("application/json", (string?)json["datacontenttype"]);
        Assert.Equal("https://userorder.example/schemas/thing.happened.v1.json", (string?)json["dataschema"]);
        Assert.Equal(origin.Id, (string?)json["traceparent"]);
        Assert.Equal("vendor=1", (string?)json["tracestate"]);
        Assert.Equal("""{"name":"tea"}""", json["data"]!.ToJsonString());
    }

    [Fact]
    public void The_reader_returns_the_written_event()
    {
        var (received, envelope) = CloudEventReader.Read(Thing.Happened, Write());

        Assert.Equal(new ReceivedEvent<Thing>(Id, "thing-1", Time, new Thing("tea")), received);
        Assert.Null(envelope.TraceParent);
    }

    [Fact]
    public void The_reader_ignores_unknown_fields()
    {
        var json = Parse(Write());
        json["comexampleextension"] = "x";
        json["data"]!["colour"] = new JsonObject { ["r"] = 1 };

        Assert.Equal("tea", Read(json).Data.Name);
    }

    [Theory]
    [InlineData("specversion", "\"0.3\"", "The CloudEvents version is not 1.0.")]
    [InlineData("specversion", null, "The CloudEvents version is not 1.0.")]
    [InlineData("id", "\"seven\"", "The event's id is not a UUID.")]
    [InlineData("id", null, "The event's id is not a UUID.")]
    [InlineData("source", "\"\"", "The event has no source.")]
    [InlineData("source", null, "The event has no source.")]
    [InlineData("type", "\"thing.happened.v2\"", "The event's type is not thing.happened.v1.")]
    [InlineData("time", null, "The event has no time.")]
    [InlineData("time", "\"yesterday\"", "The body is not a JSON CloudEvent: it fails at $.time.")]
    [InlineData("time", "\"2026-01-02T03:04:05\"", "The body is not a JSON CloudEvent: it fails at $.time.")]
    [InlineData("time", "\"2026-01-02T03:04Z\"", "The body is not a JSON CloudEvent: it fails at $.time.")]
    [InlineData("time", "\"2026-01-02T03:04\"", "The body is not a JSON CloudEvent: it fails at $.time.")]
    [InlineData("time", "\"2026-01-02\"", "The body is not a JSON CloudEvent: it fails at $.time.")]
    [InlineData("time", "1767323045", "The body is not a JSON CloudEvent: it fails at $.time.")]
    [InlineData("data", null, "The event's data is not an object.")]
    [InlineData("data", "[]", "The event's data is not an object.")]
    [InlineData("data", "{}", "The event's data does not fit thing.happened.v1 at $.")]
    [InlineData("data", """{"name":5}""", "The event's data does not fit thing.happened.v1 at $.name.")]
    public void The_reader_refuses_an_event_that_breaks_the_contract_and_gives_the_reason(string attribute, string? value, string reason)
    {
        var json = Parse(Write());
        json.Remove(attribute);
        if (value is not null)
        {
            json[attribute] = JsonNode.Parse(value);
        }

        Assert.Equal(reason, Assert.Throws<UnreadableEventException>(() => Read(json)).Message);
    }

    [Theory]
    [InlineData("null", "The body is null, not a CloudEvent.")]
    [InlineData("", "The body is not a JSON CloudEvent: it fails at $.")]
    [InlineData("[]", "The body is not a JSON CloudEvent: it fails at $.")]
    [InlineData("{\"id\":7}", "The body is not a JSON CloudEvent: it fails at $.id.")]
    public void The_reader_refuses_a_body_that_is_no_event_and_gives_the_reason(string body, string reason) =>
        Assert.Equal(
            reason,
            Assert.Throws<UnreadableEventException>(() => CloudEventReader.Read(Thing.Happened, Encoding.UTF8.GetBytes(body))).Message);

    [Theory]
    [InlineData(198, "")]
    [InlineData(199, "…")]
    public void The_reason_quotes_at_most_200_characters_of_the_senders_names(int length, string end)
    {
        var name = new string('a', length);

        var exception = Assert.Throws<UnreadableEventException>(
            () => CloudEventReader.Read(Thing.Happened, Encoding.UTF8.GetBytes($$"""{"{{name}}":tea}""")));

        Assert.Equal($"The body is not a JSON CloudEvent: it fails at $.{name[..198]}{end}.", exception.Message);
    }

    [Fact]
    public void An_event_written_while_another_is_written_or_after_one_that_failed_or_was_large_is_intact()
    {
        byte[]? inner = null;
        var outer = Write(() => inner = Write());

        Assert.Equal("tea", Read(Parse(inner!)).Data.Name);
        Assert.Equal("tea", Read(Parse(outer)).Data.Name);

        Assert.Throws<InvalidOperationException>(() => Write(() => throw new InvalidOperationException()));
        Assert.Equal("tea", Read(Parse(Write())).Data.Name);

        var large = new string('x', 100_000);
        Assert.Equal(large, Read(Parse(Write(new Thing(large)))).Data.Name);
        Assert.Equal("tea", Read(Parse(Write())).Data.Name);
    }

    [Fact]
    public void A_time_of_an_events_data_is_written_with_its_offset()
    {
        Assert.Equal("\"2026-01-02T03:04:05+00:00\"", JsonSerializer.Serialize(Time, WithTimes));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T05:04:05.000+02:00")]
    [InlineData("2026-01-01T22:04:05-05:00")]
    public void The_reader_accepts_a_time_with_an_offset(string time)
    {
        var json = Parse(Write());
        json["time"] = time;

        Assert.Equal(Time, Read(json).Time);
    }

    [Fact]
    public void The_reader_accepts_a_time_with_escaped_characters()
    {
        var text = Parse(Write()).ToJsonString().Replace("\"2026-01-02T", "\"\\u0032026-01-02T", StringComparison.Ordinal);

        Assert.Equal(Time, CloudEventReader.Read(Thing.Happened, Encoding.UTF8.GetBytes(text)).Event.Time);
    }

    private static byte[] Write() => Write(new Thing("tea"));

    private static byte[] Write(Thing thing) =>
        CloudEventWriter.Write(Thing.Happened, Id, "/a-service", "thing-1", Time, origin: null, thing);

    /// <summary>Writes an event whose serializer does something else, too.</summary>
    private static byte[] Write(Action meanwhile)
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = ThingJson.Default };
        var json = JsonMetadataServices.CreateValueInfo<Thing>(options, new Converter(meanwhile));
        return CloudEventWriter.Write(
            new EventType<Thing>(Thing.Happened.Name, json), Id, "/a-service", "thing-1", Time, origin: null, new Thing("tea"));
    }

    private static JsonObject Parse(byte[] body) => JsonNode.Parse(body)!.AsObject();

    private static ReceivedEvent<Thing> Read(JsonNode json) =>
        CloudEventReader.Read(Thing.Happened, Encoding.UTF8.GetBytes(json.ToJsonString())).Event;

    private sealed class Converter(Action meanwhile) : JsonConverter<Thing>
    {
        public override Thing Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Thing value, JsonSerializerOptions options)
        {
            meanwhile();
            JsonSerializer.Serialize(writer, value, Thing.Happened.Json);
        }
    }
}
