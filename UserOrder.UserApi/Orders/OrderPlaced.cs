using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Events;

namespace UserOrder.UserApi.Orders;

/// <summary>The part of an order's event that this service reads.</summary>
internal sealed record OrderPlaced
{
    public static readonly EventType<OrderPlaced> V1 = new("order.placed.v1", OrderJson.Default.OrderPlaced);

    public required Guid UserId { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(Rfc3339TimeConverter)],
    MaxDepth = 16,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class OrderJson : JsonSerializerContext;
