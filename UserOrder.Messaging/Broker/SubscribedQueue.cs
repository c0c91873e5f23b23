namespace UserOrder.Messaging.Broker;

/// <summary>A queue that the service consumes one type of events from, and whose dead letters it therefore looks after.</summary>
internal sealed record SubscribedQueue(string Name, string EventType);
