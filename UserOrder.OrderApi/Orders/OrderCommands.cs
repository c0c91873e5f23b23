using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Limits;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.ServiceDefaults;

namespace UserOrder.OrderApi.Orders;

/// <summary>The handlers that write orders.</summary>
internal static class OrderCommands
{
    /// <summary>The operation's id, in the OpenAPI document and with its idempotency keys.</summary>
    public const string PlaceOrder = "placeOrder";

    [EndpointSummary("Place an order for a user")]
    public static async Task<Results<Created<OrderResponse>, ProblemHttpResult>> PlaceAsync(
        PlaceOrderRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader]
        [Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        [AsParameters] OrderServices services,
        CancellationToken cancellationToken)
    {
        if (!services.Caller.Reaches(OrderScopes.Write, request.UserId))
        {
            return AccessControl.Refuse();
        }

        var repeatable = new IdempotentRequest<PlaceOrderRequest>(
            PlaceOrder, idempotencyKey, services.Caller.Subject, request, OrderJson.Default.PlaceOrderRequest);
        return await services.Requests.RunAsync(
            repeatable,
            write: key => AddAsync(request, key, services, cancellationToken),
            replay: id => ReplayAsync(id, services, cancellationToken),
            refuse: refusal => IdempotencyProblems.Of(refusal, services.Response),
            cancellationToken);
    }

    /// <returns>Null where another request has stored the key.</returns>
    private static async Task<Results<Created<OrderResponse>, ProblemHttpResult>?> AddAsync(
        PlaceOrderRequest request, IdempotencyKey? key, OrderServices services, CancellationToken cancellationToken)
    {
        var order = OrderOf(request, services.Time.GetUtcNowInMicroseconds());
        return await services.Placement.PlaceAsync(order, key, services.Response.HttpContext, cancellationToken) switch
        {
            PlacementOutcome.Placed => Created(order),
            PlacementOutcome.UnknownUser => OrderProblems.UnknownUser.ToResult($"No user has the id {request.UserId}."),
            PlacementOutcome.TooManyLookups => CallerRateLimiter.Refuse(
                services.Response,
                "Too many of the caller's orders name users who are not known here. The order was not placed; try again later."),
            PlacementOutcome.UserUnavailable => UserUnavailable(services.Response),
            _ => null,
        };
    }

    /// <summary>Answers a retry as the first request was answered.</summary>
    private static async Task<Results<Created<OrderResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id, OrderServices services, CancellationToken cancellationToken)
    {
        services.Response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
        return Created(await services.Orders.FindAsync(id, cancellationToken) ??
            throw new InvalidOperationException($"An idempotency key names the order {id}, which does not exist."));
    }

    private static Created<OrderResponse> Created(OrderResponse order) => TypedResults.Created($"/v1/orders/{order.OrderId}", order);

    private static ProblemHttpResult UserUnavailable(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return OrderProblems.UserApiUnavailable.ToResult(
            "The user is not known here yet, and UserApi does not answer. The order was not placed; try again later.");
    }

    /// <remarks>The total has two decimals, as the database returns it.</remarks>
    private static OrderResponse OrderOf(PlaceOrderRequest request, DateTimeOffset now)
    {
        var items = request.Items ?? [];
        var total = decimal.Round(0.00m + items.Sum(item => item.Quantity * item.UnitPrice!.Value), 2);
        return new OrderResponse(TimeOrderedId.New(now), request.UserId, items, total, now);
    }
}
