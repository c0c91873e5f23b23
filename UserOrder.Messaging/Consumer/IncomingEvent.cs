using System.Diagnostics;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>A delivery with its event.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Event">The event.</param>
/// <param name="Sent">
/// The event's time, or the time of its last replay, because the operator vouches that a replayed dead letter had no effect.
/// </param>
/// <param name="Activity">The span of its processing.</param>
internal sealed record IncomingEvent<TData>(Delivery Delivery, ReceivedEvent<TData> Event, DateTimeOffset Sent, Activity? Activity);
