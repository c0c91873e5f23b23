using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Tests;

public sealed class CloudEventTests
{
    private static readonly Guid Id = Guid.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

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

    private static byte[] Write() =>
        CloudEventWriter.Write(Thing.Happened, Id, "/a-service", "thing-1", Time, origin: null, new Thing("tea"));

    private static JsonObject Parse(byte[] body) => JsonNode.Parse(body)!.AsObject();

    private static ReceivedEvent<Thing> Read(JsonNode json) =>
        CloudEventReader.Read(Thing.Happened, Encoding.UTF8.GetBytes(json.ToJsonString())).Event;
}
