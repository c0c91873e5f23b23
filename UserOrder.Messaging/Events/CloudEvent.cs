using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.Messaging.Events;

/// <summary>A received envelope. Any attribute may be missing or invalid.</summary>
internal sealed record CloudEvent
{
    public const string SpecVersion = "1.0";
    public const string ContentType = "application/cloudevents+json";
    public const string BatchContentType = "application/cloudevents-batch+json";

    [JsonPropertyName("specversion")]
    public string? Version { get; init; }

    public string? Id { get; init; }

    public string? Source { get; init; }

    public string? Type { get; init; }

    public string? Subject { get; init; }

    [JsonPropertyName("partitionkey")]
    public string? PartitionKey { get; init; }

    public DateTimeOffset? Time { get; init; }

    [JsonPropertyName("traceparent")]
    public string? TraceParent { get; init; }

    [JsonPropertyName("tracestate")]
    public string? TraceState { get; init; }

    /// <summary>The position of the content in the body.</summary>
    public JsonExtent Data { get; init; }

    /// <summary>The URI that identifies a type's schema. Readers need not be able to fetch it.</summary>
    public static string SchemaOf(string type) => $"https://userorder.example/schemas/{type}.json";
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(Rfc3339TimeConverter)],
    MaxDepth = 32,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(CloudEvent))]
internal sealed partial class CloudEventJson : JsonSerializerContext;
