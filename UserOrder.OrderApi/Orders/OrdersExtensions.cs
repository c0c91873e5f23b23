using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.OrderApi.Orders;

internal static class OrdersExtensions
{
    /// <summary>Adds the orders' placement, statements and JSON.</summary>
    public static void AddOrders(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderStore>();
        builder.Services.AddSingleton(
            new CrossOriginHeaders(IdempotencyKeyHeaderAttribute.HeaderName, IdempotencyKeyHeaderAttribute.ReplayedHeaderName));
        builder.Services.AddScoped<OrderPlacement>();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, OrderJson.Default));
    }
}
