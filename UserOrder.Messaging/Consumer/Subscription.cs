using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>One event type, the queue it arrives in and what applies it.</summary>
internal sealed record Subscription<TData>(EventType<TData> Type, string Queue, IEventHandler<TData> Handler);
