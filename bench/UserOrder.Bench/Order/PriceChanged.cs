using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Messaging.Events;

namespace UserOrder.Bench.Order;

/// <summary>The event whose order is measured.</summary>
internal sealed record PriceChanged(Guid ProductId, decimal Price)
{
    public static readonly EventType<PriceChanged> V1 = new("price.changed.v1", PriceJson.Default.PriceChanged);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PriceChanged))]
internal sealed partial class PriceJson : JsonSerializerContext;
