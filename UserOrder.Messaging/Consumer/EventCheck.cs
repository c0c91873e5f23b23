namespace UserOrder.Messaging.Consumer;

/// <summary>Reads an event as the consumer of a queue does.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Type">The event type of the queue.</param>
/// <param name="ReadId">Returns the event's id, or throws <see cref="Events.UnreadableEventException"/>.</param>
internal sealed record EventCheck(string Queue, string Type, Func<ReadOnlyMemory<byte>, Guid> ReadId);
