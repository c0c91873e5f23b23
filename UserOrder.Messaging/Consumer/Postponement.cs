using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Consumer;

/// <summary>A delivery to retry after a pause. It stays unacknowledged, and the consumer processes other deliveries meanwhile.</summary>
internal sealed record Postponement(Delivery Delivery, TimeSpan Pause);
