using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Consumer;

/// <summary>A delivery that is tried again after a pause, unacknowledged until then, while its neighbours go on.</summary>
internal sealed record Postponement(Delivery Delivery, TimeSpan Pause);
