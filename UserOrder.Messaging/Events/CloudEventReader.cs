using System.Text.Json;

namespace UserOrder.Messaging.Events;

/// <summary>Reads CloudEvents 1.0 in structured JSON. Its exceptions explain in one sentence why a body is invalid.</summary>
internal static class CloudEventReader
{
    private const int MaxPathLength = 200;

    // A short string of AMQP has at most 255 bytes, and a character at most three.
    private const int MaxIdLength = 85;

    /// <summary>Reads a body as an event of the given type.</summary>
    /// <exception cref="UnreadableEventException">The body is not an event of this type.</exception>
    public static (ReceivedEvent<TData> Event, CloudEvent Envelope) Read<TData>(EventType<TData> type, ReadOnlySpan<byte> body)
    {
        var envelope = ReadEnvelope(body);
        if (envelope.Version != CloudEvent.SpecVersion)
        {
            throw new UnreadableEventException($"The CloudEvents version is not {CloudEvent.SpecVersion}.");
        }

        if (!Guid.TryParse(envelope.Id, out var id))
        {
            throw new UnreadableEventException("The event's id is not a UUID.");
        }

        if (string.IsNullOrEmpty(envelope.Source))
        {
            throw new UnreadableEventException("The event has no source.");
        }

        if (envelope.Type != type.Name)
        {
            throw new UnreadableEventException($"The event's type is not {type.Name}.");
        }

        if (envelope.Time is not { } time)
        {
            throw new UnreadableEventException("The event has no time.");
        }

        return (new ReceivedEvent<TData>(id, envelope.Subject, time, ReadData(type, envelope.Data.In(body))), envelope);
    }

    /// <summary>The id in an envelope; null if the body is none, or the id is too long for an AMQP message.</summary>
    public static string? IdOf(ReadOnlySpan<byte> body) => FindEnvelope(body)?.Id is { Length: <= MaxIdLength } id ? id : null;

    /// <summary>The envelope; null if the body is none.</summary>
    public static CloudEvent? FindEnvelope(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadEnvelope(body);
        }
        catch (UnreadableEventException)
        {
            return null;
        }
    }

    private static TData ReadData<TData>(EventType<TData> type, ReadOnlySpan<byte> data)
    {
        try
        {
            return data is [(byte)'{', ..] && JsonSerializer.Deserialize(data, type.Json) is { } read
                ? read
                : throw new UnreadableEventException("The event's data is not an object.");
        }
        catch (JsonException exception)
        {
            throw new UnreadableEventException($"The event's data does not fit {type.Name} at {LocationOf(exception)}.", exception);
        }
    }

    /// <summary>
    /// Shortens the path, because a dead letter's header must stay short and the sender's property names may be as long as the body.
    /// </summary>
    private static string LocationOf(JsonException exception) => exception.Path switch
    {
        null => "its start",
        { Length: > MaxPathLength } path => $"{path[..MaxPathLength]}…",
        var path => path,
    };

    private static CloudEvent ReadEnvelope(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CloudEventJson.Default.CloudEvent)
                ?? throw new UnreadableEventException("The body is null, not a CloudEvent.");
        }
        catch (JsonException exception)
        {
            throw new UnreadableEventException($"The body is not a JSON CloudEvent: it fails at {LocationOf(exception)}.", exception);
        }
    }
}

/// <summary>The message can never be applied, so a redelivery would not help.</summary>
internal sealed class UnreadableEventException(string message, Exception? inner = null) : Exception(message, inner);
