using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.OrderApi.Orders;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(IReadOnlyList<OrderItem>))]
[JsonSerializable(typeof(OrderPage))]
[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(OrderResponse))]
[JsonSerializable(typeof(PlaceOrderRequest))]
internal sealed partial class OrderJson : JsonSerializerContext;
