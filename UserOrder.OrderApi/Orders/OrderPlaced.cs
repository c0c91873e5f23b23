using UserOrder.Messaging.Events;

namespace UserOrder.OrderApi.Orders;

/// <summary>An order was accepted.</summary>
internal sealed record OrderPlaced(Guid OrderId, Guid UserId, IReadOnlyList<OrderItem> Items, decimal Total, DateTimeOffset PlacedAt)
{
    public static readonly EventType<OrderPlaced> V1 = new("order.placed.v1", OrderJson.Default.OrderPlaced);
}
