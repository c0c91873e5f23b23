using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Messaging.Events;

/// <summary>The envelope as it arrives. Every attribute may be missing or wrong, so nothing is assumed of it.</summary>
internal sealed record CloudEvent
{
    public const string SpecVersion = "1.0";
    public const string ContentType = "application/cloudevents+json";

    [JsonPropertyName("specversion")]
    public string? Version { get; init; }

    public string? Id { get; init; }

    public string? Source { get; init; }

    public string? Type { get; init; }

    public string? Subject { get; init; }

    public DateTimeOffset? Time { get; init; }

    [JsonPropertyName("traceparent")]
    public string? TraceParent { get; init; }

    [JsonPropertyName("tracestate")]
    public string? TraceState { get; init; }

    /// <summary>Where in the body the content stands.</summary>
    public JsonExtent Data { get; init; }

    /// <summary>The stable name of a type's schema. It is a name first: readers need not fetch it.</summary>
    public static string SchemaOf(string type) => $"https://userorder.example/schemas/{type}.json";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, MaxDepth = 32)]
[JsonSerializable(typeof(CloudEvent))]
internal sealed partial class CloudEventJson : JsonSerializerContext;
