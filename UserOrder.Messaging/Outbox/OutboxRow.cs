namespace UserOrder.Messaging.Outbox;

/// <summary>An event in the outbox.</summary>
/// <param name="Message">The event.</param>
/// <param name="Attempts">The number of failed attempts to publish it.</param>
/// <param name="HasStandby">Whether the database has a synchronous standby, which may lack the event.</param>
internal sealed record OutboxRow(OutboxMessage Message, int Attempts, bool HasStandby);
