using System.Diagnostics;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>A delivery that could be read.</summary>
internal sealed record IncomingEvent<TData>(Delivery Delivery, ReceivedEvent<TData> Event, Activity? Activity);
