using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace UserOrder.Messaging.Events;

/// <summary>Writes events as CloudEvents 1.0 in structured JSON.</summary>
/// <remarks>
/// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, with the extensions
/// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md and
/// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/partitioning.md.
/// </remarks>
internal static class CloudEventWriter
{
    private const int MaxReusedBytes = 64 * 1024;

    [ThreadStatic]
    private static Scratch? _scratch;

    public static byte[] Write<TData>(
        EventType<TData> type,
        Guid id,
        string source,
        string subject,
        DateTimeOffset time,
        Activity? origin,
        TData data,
        string? partitionKey = null)
    {
        // The field stays empty during the write, so that a serializer that writes another event gets a scratch of its own.
        var scratch = _scratch ?? new Scratch();
        _scratch = null;
        var json = scratch.Json;
        json.WriteStartObject();
        json.WriteString("specversion"u8, CloudEvent.SpecVersion);
        json.WriteString("id"u8, id);
        json.WriteString("source"u8, source);
        json.WriteString("type"u8, type.Name);
        json.WriteString("subject"u8, subject);
        json.WriteString("time"u8, time);
        if (partitionKey is not null)
        {
            json.WriteString("partitionkey"u8, partitionKey);
        }

        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteString("dataschema"u8, type.Schema);
        if (origin?.Id is { } traceParent)
        {
            json.WriteString("traceparent"u8, traceParent);
            if (origin.TraceStateString is { Length: > 0 } traceState)
            {
                json.WriteString("tracestate"u8, traceState);
            }
        }

        json.WritePropertyName("data"u8);
        JsonSerializer.Serialize(json, data, type.Json);
        json.WriteEndObject();
        json.Flush();

        var body = scratch.Buffer.WrittenSpan.ToArray();
        if (scratch.Buffer.Capacity <= MaxReusedBytes)
        {
            scratch.Buffer.ResetWrittenCount();
            json.Reset();
            _scratch = scratch;
        }

        return body;
    }

    /// <summary>The buffer and the writer that a thread reuses.</summary>
    private sealed class Scratch
    {
        public Scratch() => Json = new Utf8JsonWriter(Buffer);

        public ArrayBufferWriter<byte> Buffer { get; } = new(1024);

        public Utf8JsonWriter Json { get; }
    }
}
