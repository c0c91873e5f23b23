using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace UserOrder.Messaging.Events;

/// <summary>Writes events as CloudEvents 1.0 in structured JSON.</summary>
/// <remarks>
/// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, with the distributed tracing extension
/// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md.
/// </remarks>
internal static class CloudEventWriter
{
    public static byte[] Write<TData>(EventType<TData> type, Guid id, string source, string subject, DateTimeOffset time, Activity? origin, TData data)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("specversion", CloudEvent.SpecVersion);
            json.WriteString("id", id);
            json.WriteString("source", source);
            json.WriteString("type", type.Name);
            json.WriteString("subject", subject);
            json.WriteString("time", time);
            json.WriteString("datacontenttype", "application/json");
            json.WriteString("dataschema", CloudEvent.SchemaOf(type.Name));
            if (origin?.Id is { } traceParent)
            {
                json.WriteString("traceparent", traceParent);
                if (origin.TraceStateString is { Length: > 0 } traceState)
                {
                    json.WriteString("tracestate", traceState);
                }
            }

            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, data, type.Json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
