namespace UserOrder.Messaging.Broker;

/// <summary>The broker's count of a queue.</summary>
/// <param name="Ready">The messages that the broker has delivered to no consumer.</param>
/// <param name="Consumers">The consumers of all replicas.</param>
internal sealed record QueueCount(long Ready, long Consumers);
