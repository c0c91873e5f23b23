using Microsoft.Net.Http.Headers;
using UserOrder.ApiDefaults.Problems;
using UserOrder.Messaging.AspNetCore;

namespace UserOrder.OrderApi.Orders;

/// <summary>The routes of the orders' HTTP API.</summary>
internal static class OrderRoutes
{
    /// <summary>Maps <c>/v1/orders</c>, and <c>/orders</c> as its alias for clients that know no version.</summary>
    public static void MapOrders(this WebApplication app)
    {
        MapOrders(app.MapApiVersion("v1").WithTags("Orders"));
        MapOrders(app.MapApiVersionAlias("v1"));
    }

    private static void MapOrders(RouteGroupBuilder version)
    {
        version.RequireMigratedDatabase();
        version.MapPost("/orders", OrderCommands.PlaceAsync).WithName(OrderCommands.PlaceOrder)
            .RequireRoomInOutbox()
            .AcceptsIdempotencyKey()
            .ProducesProblem(OrderProblems.UnknownUser, OrderProblems.UserApiUnavailable)
            .ProducesHeader(HeaderNames.Location, "The path of the order.")
            .ProducesHeader(IdempotencyKeyHeaderAttribute.ReplayedHeaderName, IdempotencyKeyHeaderAttribute.ReplayedDescription)
            .RequireScope(OrderScopes.Write);
        version.MapGet("/orders/{id:guid}", OrderQueries.FindAsync).WithName("findOrder")
            .ProducesProblem(ProblemTypes.NotFound)
            .RequireScope(OrderScopes.Read);
        version.MapGet("/orders", OrderQueries.ListAsync).WithName("listOrders").RequireScope(OrderScopes.Read);
    }
}
