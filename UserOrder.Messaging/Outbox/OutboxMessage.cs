namespace UserOrder.Messaging.Outbox;

/// <summary>An event as a row of the outbox. <see cref="EventOutbox.CreateMessage"/> creates it.</summary>
/// <param name="Id">The event's id, a UUIDv7. The relay claims events in this order.</param>
/// <param name="Type">The event's type, which is its routing key.</param>
/// <param name="Body">The whole CloudEvent, UTF-8 JSON.</param>
/// <param name="TraceParent">The W3C trace context of the request that caused the event.</param>
/// <param name="TraceState">The vendor part of that trace context.</param>
public sealed record OutboxMessage(Guid Id, string Type, byte[] Body, string? TraceParent, string? TraceState)
{
    /// <summary>
    /// Events of one type with the same key are published in the order of their commits; null if the order does not matter.
    /// </summary>
    public string? OrderingKey { get; init; }

    /// <summary>How long the row is left to the relay that gets the event from memory; zero if none does.</summary>
    internal TimeSpan Term { get; set; }
}
