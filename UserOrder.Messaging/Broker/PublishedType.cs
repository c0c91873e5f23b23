namespace UserOrder.Messaging.Broker;

/// <summary>An event type that the service publishes.</summary>
internal sealed record PublishedType(string Name);
