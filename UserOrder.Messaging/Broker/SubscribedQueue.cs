namespace UserOrder.Messaging.Broker;

/// <summary>A queue from which the service consumes one event type. The service also manages its dead letters.</summary>
internal sealed record SubscribedQueue(string Name, string EventType);
