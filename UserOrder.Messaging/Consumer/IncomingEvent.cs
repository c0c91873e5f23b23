using System.Diagnostics;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>A delivery, the event that it contains, and the span of its processing.</summary>
internal sealed record IncomingEvent<TData>(Delivery Delivery, ReceivedEvent<TData> Event, Activity? Activity);
