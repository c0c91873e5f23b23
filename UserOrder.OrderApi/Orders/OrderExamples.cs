using UserOrder.Messaging.Events;

namespace UserOrder.OrderApi.Orders;

/// <summary>The examples in the OpenAPI document, one for each type of a body.</summary>
internal static class OrderExamples
{
    private static readonly OrderResponse Order = new(
        Guid.Parse("01a208d9-bbb7-783d-9cf2-e82b3b72e81c"),
        Guid.Parse("01a208d9-b9e2-716d-a579-8d90e94b5f64"),
        [new OrderItem { Sku = "tea", Quantity = 2, UnitPrice = 1.25m }],
        2.50m,
        DateTimeOffset.UnixEpoch.AddMilliseconds(0x01a208d9bbb7));

    public static readonly object[] All =
    [
        new PlaceOrderRequest { UserId = Order.UserId, Items = Order.Items },
        Order,
        new OrderPage([Order], Next: null, TimeOrderedId.OneMinuteBefore(Order.OrderId)),
    ];
}
