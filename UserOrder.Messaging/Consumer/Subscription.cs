using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>An event type, the queue that it arrives in, and the handler that applies it.</summary>
internal sealed record Subscription<TData>(EventType<TData> Type, SubscribedQueue Source, IEventHandler<TData> Handler)
{
    /// <summary>The queue's name.</summary>
    public string Queue => Source.Name;
}
