using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Paging;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.OrderApi.Orders;

/// <summary>The handlers that read orders.</summary>
internal static class OrderQueries
{
    [EndpointSummary("Find an order")]
    public static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> FindAsync(
        Guid id, OrderStore orders, [AsParameters] Caller caller, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order && caller.Reaches(OrderScopes.Read, order.UserId)
            ? TypedResults.Ok(order)
            : ProblemTypes.NotFound.ToResult($"No order has the id {id}.", "There is no such order.");

    [EndpointSummary("List a user's orders in the order of their placement")]
    public static async Task<Results<Ok<OrderPage>, ProblemHttpResult>> ListAsync(
        Guid userId, [AsParameters] PageRequest page, OrderStore orders, [AsParameters] Caller caller, CancellationToken cancellationToken) =>
        caller.Reaches(OrderScopes.Read, userId)
            ? TypedResults.Ok(await orders.ListAsync(userId, page.After ?? Guid.Empty, page.Size, cancellationToken))
            : AccessControl.Refuse();
}
