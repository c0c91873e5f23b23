namespace UserOrder.Messaging.Outbox;

/// <summary>An event that waits, and how often the broker has not taken it.</summary>
internal sealed record OutboxRow(OutboxMessage Message, int Attempts);
