namespace UserOrder.Messaging.DeadLetters;

/// <summary>An event that an operator has edited, and that its consumer can read.</summary>
/// <param name="EventId">The event's id, which must be the dead letter's, if that has one.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Body">The whole event.</param>
/// <param name="Editor">The operator's subject; null if the service knows no callers.</param>
internal sealed record Correction(Guid EventId, string Type, ReadOnlyMemory<byte> Body, string? Editor);

/// <summary>The correction has another id than the dead letter, so that it would be another event.</summary>
internal sealed class EventIdChangedException(Guid id) : Exception($"The event must keep its id, {id}.");
