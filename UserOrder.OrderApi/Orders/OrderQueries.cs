using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.OrderApi.Orders;

/// <summary>The handlers that read orders.</summary>
internal static class OrderQueries
{
    // The parameter is nullable, because the request delegate generator binds a text without a number to 0 for a plain int.
    private const int DefaultLimit = 20;

    [EndpointSummary("Find an order")]
    public static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> FindAsync(
        Guid id, OrderStore orders, [AsParameters] Caller caller, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order && caller.Reaches(OrderScopes.Read, order.UserId)
            ? TypedResults.Ok(order)
            : ProblemTypes.NotFound.ToResult($"No order has the id {id}.", "There is no such order.");

    [EndpointSummary("List a user's orders in the order of their placement")]
    public static async Task<Results<Ok<OrderPage>, ProblemHttpResult>> ListAsync(
        Guid userId,
        OrderStore orders,
        [AsParameters] Caller caller,
        CancellationToken cancellationToken,
        [Description("The next of the previous page, or the resume of an earlier one; omit it for the first page.")] Guid? after = null,
        [Range(1, 100)] int? limit = DefaultLimit) =>
        caller.Reaches(OrderScopes.Read, userId)
            ? TypedResults.Ok(await orders.ListAsync(userId, after, limit ?? DefaultLimit, cancellationToken))
            : AccessControl.Refuse();
}
