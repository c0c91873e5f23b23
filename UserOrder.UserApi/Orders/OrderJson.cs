using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.UserApi.Orders;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = 16, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class OrderJson : JsonSerializerContext;
