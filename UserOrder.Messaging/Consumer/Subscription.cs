using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>An event type, the queue that it arrives in, and the handler that applies it.</summary>
internal sealed record Subscription<TData>(EventType<TData> Type, string Queue, IEventHandler<TData> Handler);
