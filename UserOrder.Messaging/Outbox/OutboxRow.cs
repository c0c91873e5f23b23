namespace UserOrder.Messaging.Outbox;

/// <summary>An event in the outbox, and the number of failed attempts to publish it.</summary>
internal sealed record OutboxRow(OutboxMessage Message, int Attempts);
