using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.ServiceDefaults;

namespace UserOrder.OrderApi.Orders;

/// <summary>The orders' HTTP API.</summary>
internal static class OrderEndpoints
{
    // For a parameter that may be null: the request delegate generator takes what is no number for the type's default, which is then validated.
    private const int DefaultLimit = 20;

    public static void AddOrders(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderStore>();
        builder.Services.AddSingleton(new CrossOriginHeaders(IdempotencyKeyHeaderAttribute.HeaderName, IdempotencyKeyHeaderAttribute.ReplayedHeaderName));
        builder.Services.AddScoped<OrderPlacement>();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, OrderJson.Default));
    }

    /// <summary>Maps <c>/v1/orders</c>, and <c>/orders</c> as its alias for clients that know no version.</summary>
    public static void MapOrders(this WebApplication app)
    {
        MapOrders(app.MapApiVersion("v1").WithTags("Orders"));
        MapOrders(app.MapApiVersionAlias("v1"));
    }

    private static void MapOrders(RouteGroupBuilder version)
    {
        version.RequireMigratedDatabase();
        version.MapPost("/orders", PlaceAsync).RequireRoomInOutbox().WithMetadata(OrderOperations.Place).RequireScope(OrderScopes.Write);
        version.MapGet("/orders/{id:guid}", FindAsync).WithMetadata(OrderOperations.Find).RequireScope(OrderScopes.Read);
        version.MapGet("/orders", ListAsync).WithMetadata(OrderOperations.List).RequireScope(OrderScopes.Read);
    }

    [EndpointSummary("Place an order for a user")]
    private static async Task<Results<Created<OrderResponse>, ProblemHttpResult>> PlaceAsync(
        PlaceOrderRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        [AsParameters] OrderServices services,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        if (!services.Access.Reaches(context, OrderScopes.Write, request.UserId))
        {
            return AccessControl.Refuse();
        }

        var repeatable = new IdempotentRequest<PlaceOrderRequest>(
            "placeOrder", idempotencyKey, services.Access.CallerOf(context), request, OrderJson.Default.PlaceOrderRequest);
        return await services.Requests.RunAsync(
            repeatable,
            write: key => AddAsync(request, key, services, context.Response, cancellationToken),
            replay: id => ReplayAsync(id, services.Orders, context.Response, cancellationToken),
            refuse: refusal => IdempotencyProblems.Of(refusal == IdempotencyRefusal.KeyReused, context.Response),
            cancellationToken);
    }

    /// <returns>Null where another request has stored the key.</returns>
    private static async Task<Results<Created<OrderResponse>, ProblemHttpResult>?> AddAsync(
        PlaceOrderRequest request, IdempotencyKey? key, OrderServices services, HttpResponse response, CancellationToken cancellationToken)
    {
        var order = OrderOf(request, services.Time.GetUtcNowInMicroseconds());
        return await services.Placement.PlaceAsync(order, key, cancellationToken) switch
        {
            PlacementOutcome.Placed => Created(order),
            PlacementOutcome.UnknownUser => OrderProblems.UnknownUser.ToResult($"No user has the id {request.UserId}."),
            PlacementOutcome.UserUnavailable => UserUnavailable(response),
            _ => null,
        };
    }

    /// <summary>Answers a retry as the first request was answered.</summary>
    private static async Task<Results<Created<OrderResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id, OrderStore orders, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
        return Created(await orders.FindAsync(id, cancellationToken) ??
            throw new InvalidOperationException($"An idempotency key names the order {id}, which does not exist."));
    }

    [EndpointSummary("Find an order")]
    private static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> FindAsync(
        Guid id, OrderStore orders, AccessControl access, HttpContext context, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order && access.Reaches(context, OrderScopes.Read, order.UserId)
            ? TypedResults.Ok(order)
            : ProblemTypes.NotFound.ToResult($"No order has the id {id}.", "There is no such order.");

    [EndpointSummary("List a user's orders in the order of their placement")]
    private static async Task<Results<Ok<OrderPage>, ProblemHttpResult>> ListAsync(
        Guid userId,
        OrderStore orders,
        AccessControl access,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("The next of the page before; left out for the first page.")] Guid? after = null,
        [Range(1, 100)] int? limit = DefaultLimit) =>
        access.Reaches(context, OrderScopes.Read, userId)
            ? TypedResults.Ok(await orders.ListAsync(userId, after ?? Guid.Empty, limit ?? DefaultLimit, cancellationToken))
            : AccessControl.Refuse();

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
        var total = decimal.Round(0.00m + items.Sum(item => item.Quantity * item.UnitPrice), 2);
        return new OrderResponse(TimeOrderedId.New(now), request.UserId, items, total, now);
    }
}
