using UserOrder.ApiDefaults.OpenApi;
using UserOrder.ApiDefaults.Problems;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.OrderApi.Orders;

/// <summary>The operations as <c>contracts/openapi/order-api.v1.json</c> states them.</summary>
internal static class OrderOperations
{
    private static readonly OrderResponse Order = new(
        Guid.Parse("01a208d9-bbb7-783d-9cf2-e82b3b72e81c"),
        Guid.Parse("01a208d9-b9e2-716d-a579-8d90e94b5f64"),
        [new OrderItem { Sku = "tea", Quantity = 2, UnitPrice = 1.25m }],
        2.50m,
        DateTimeOffset.UnixEpoch.AddMilliseconds(0x01a208d9bbb7));

    public static readonly OperationContract Place = new("placeOrder")
    {
        Request = OperationContract.Example(new PlaceOrderRequest { UserId = Order.UserId, Items = Order.Items }, OrderJson.Default.PlaceOrderRequest),
        Response = OperationContract.Example(Order, OrderJson.Default.OrderResponse),
        ResponseHeaders = new Dictionary<string, string>
        {
            ["Location"] = "The path of the order.",
            [IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true where the request was carried out before and this is the first answer again.",
        },
        Problems =
        [
            ProblemTypes.Validation,
            ProblemTypes.MalformedRequest,
            ProblemTypes.IdempotencyKeyInFlight,
            ProblemTypes.BodyTooLarge,
            ProblemTypes.UnsupportedMediaType,
            ProblemTypes.IdempotencyKeyReused,
            OrderProblems.UnknownUser,
            OrderProblems.DatabaseUnavailable,
            OrderProblems.OutboxFull,
            OrderProblems.UserApiUnavailable,
        ],
    };

    public static readonly OperationContract Find = new("findOrder")
    {
        Response = OperationContract.Example(Order, OrderJson.Default.OrderResponse),
        Problems = [ProblemTypes.NotFound, OrderProblems.DatabaseUnavailable],
    };

    public static readonly OperationContract List = new("listOrders")
    {
        Response = OperationContract.Example(new OrderPage([Order], Next: null), OrderJson.Default.OrderPage),
        Problems = [ProblemTypes.Validation, ProblemTypes.MalformedRequest, OrderProblems.DatabaseUnavailable],
    };
}
