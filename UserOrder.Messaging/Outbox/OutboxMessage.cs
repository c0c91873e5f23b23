namespace UserOrder.Messaging.Outbox;

/// <summary>An event as a row of the outbox: made by <see cref="EventOutbox.CreateMessage"/>, written in the transaction of its cause.</summary>
/// <param name="Id">The event's id, a UUIDv7: the outbox is relayed in this order.</param>
/// <param name="Type">The event's type, which is its routing key.</param>
/// <param name="Body">The whole CloudEvent, UTF-8 JSON.</param>
/// <param name="TraceParent">The W3C trace context of the request that caused it.</param>
/// <param name="TraceState">The vendor part of that trace context.</param>
public sealed record OutboxMessage(Guid Id, string Type, byte[] Body, string? TraceParent, string? TraceState);
