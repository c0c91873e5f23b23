namespace UserOrder.Messaging.Broker;

/// <summary>A queue from which the service consumes one event type. The service also manages its dead letters.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="EventType">The event type, which is the binding key.</param>
/// <param name="IsDrained">Whether the queue receives no further events of the exchange.</param>
/// <param name="IsOrdered">Whether events with the same ordering key take effect in the order in which they arrive.</param>
internal sealed record SubscribedQueue(string Name, string EventType, bool IsDrained = false, bool IsOrdered = false);
