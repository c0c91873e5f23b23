using System.Text.Json;

namespace UserOrder.Messaging.Events;

/// <summary>Splits a JSON array of events.</summary>
/// <remarks>https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format.</remarks>
internal static class CloudEventBatch
{
    /// <summary>The most events of a message. More would hold too much of a consumer's memory.</summary>
    public const int MaxEvents = 1000;

    // An event may be as deep as the reader of single events allows.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 33 };

    /// <summary>Finds the events, which it does not read.</summary>
    /// <returns>Where each event is in the body; at least one.</returns>
    /// <exception cref="UnreadableEventException">The body is not an array of 1 to <see cref="MaxEvents"/> values.</exception>
    public static List<Range> Split(ReadOnlySpan<byte> body)
    {
        var events = new List<Range>();
        try
        {
            var reader = new Utf8JsonReader(body, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                throw new UnreadableEventException("The body is not a JSON array of events.");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (events.Count == MaxEvents)
                {
                    throw new UnreadableEventException($"The message has more than {MaxEvents} events.");
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                events.Add(start..(int)reader.BytesConsumed);
            }

            // Reads what follows the array, which must be nothing.
            _ = reader.Read();
        }
        catch (JsonException exception)
        {
            throw new UnreadableEventException("The body is not a JSON array of events.", exception);
        }

        return events.Count > 0 ? events : throw new UnreadableEventException("The message has no event.");
    }
}
