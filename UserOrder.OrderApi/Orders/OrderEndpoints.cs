using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Idempotency;
using UserOrder.Messaging.Outbox;
using UserOrder.ServiceDefaults;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Security;
using UserOrder.ApiDefaults.Versioning;

namespace UserOrder.OrderApi.Orders;

/// <summary>The orders' HTTP API.</summary>
internal static class OrderEndpoints
{
    // For a parameter that may be null: the request delegate generator takes what is no number for the type's default, which is then validated.
    private const int DefaultLimit = 20;

    public static void AddOrders(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderStore>();
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
        version.MapPost("/orders", PlaceAsync).RequireRoomInOutbox().WithMetadata(OrderOperations.Place).RequireScope(Scopes.OrdersWrite);
        version.MapGet("/orders/{id:guid}", FindAsync).WithMetadata(OrderOperations.Find).RequireScope(Scopes.OrdersRead);
        version.MapGet("/orders", ListAsync).WithMetadata(OrderOperations.List).RequireScope(Scopes.OrdersRead);
    }

    [EndpointSummary("Place an order for a user")]
    private static async Task<Results<Created<OrderResponse>, ProblemHttpResult>> PlaceAsync(
        PlaceOrderRequest request,
        [FromHeader(Name = IdempotencyKeyHeaderAttribute.HeaderName), IdempotencyKeyHeader, Description(IdempotencyKeyHeaderAttribute.Description)]
        string? idempotencyKey,
        OrderPlacement placement,
        OrderStore orders,
        IdempotentRequests requests,
        AccessControl access,
        HttpContext context,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!access.Reaches(context, Scopes.OrdersWrite, request.UserId))
        {
            return AccessControl.Refuse();
        }

        using var attempt = await requests.BeginAsync(idempotencyKey, access.CallerOf(context), request, OrderJson.Default.PlaceOrderRequest, cancellationToken);
        if (attempt.State == IdempotencyState.New)
        {
            var now = time.GetUtcNowInMicroseconds();
            var items = request.Items ?? [];
            var order = new OrderResponse(TimeOrderedId.New(now), request.UserId, items, TotalOf(items), now);
            switch (await placement.PlaceAsync(order, attempt.Key, cancellationToken))
            {
                case PlacementOutcome.Placed:
                    return Created(order);
                case PlacementOutcome.UnknownUser:
                    return UnknownUser(request.UserId);
                case PlacementOutcome.UserUnavailable:
                    return UserUnavailable(context.Response);
            }

            await attempt.LookUpAgainAsync(cancellationToken);
        }

        switch (attempt.State)
        {
            case IdempotencyState.Done:
                context.Response.Headers[IdempotencyKeyHeaderAttribute.ReplayedHeaderName] = "true";
                return Created(await orders.FindAsync(attempt.EntityId, cancellationToken) ??
                    throw new InvalidOperationException($"The order {attempt.EntityId} has a key, and is not there."));
            case IdempotencyState.Reused:
                return IdempotencyProblems.KeyReused();
            default:
                return IdempotencyProblems.KeyInFlight(context.Response);
        }
    }

    [EndpointSummary("Find an order")]
    private static async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> FindAsync(
        Guid id, OrderStore orders, AccessControl access, HttpContext context, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order && access.Reaches(context, Scopes.OrdersRead, order.UserId)
            ? TypedResults.Ok(order)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound,
                type: ProblemTypes.NotFound,
                title: "There is no such order.",
                detail: $"No order has the id {id}.");

    [EndpointSummary("List a user's orders in the order of their placement")]
    private static async Task<Results<Ok<OrderPage>, ProblemHttpResult>> ListAsync(
        Guid userId,
        OrderStore orders,
        AccessControl access,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("The next of the page before; left out for the first page.")] Guid? after = null,
        [Range(1, 100)] int? limit = DefaultLimit) =>
        access.Reaches(context, Scopes.OrdersRead, userId)
            ? TypedResults.Ok(await orders.ListAsync(userId, after ?? Guid.Empty, limit ?? DefaultLimit, cancellationToken))
            : AccessControl.Refuse();

    private static Created<OrderResponse> Created(OrderResponse order) => TypedResults.Created($"/v1/orders/{order.OrderId}", order);

    private static ProblemHttpResult UnknownUser(Guid userId) =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status422UnprocessableEntity,
            type: ProblemTypes.UnknownUser,
            title: "There is no such user.",
            detail: $"No user has the id {userId}.");

    private static ProblemHttpResult UserUnavailable(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            type: ProblemTypes.UserApiUnavailable,
            title: "The user cannot be checked at the moment.",
            detail: "The user is not known here yet, and UserApi does not answer. The order was not placed; try again later.");
    }

    /// <summary>Always with two decimals, as the database gives it back.</summary>
    private static decimal TotalOf(IReadOnlyList<OrderItem> items) => decimal.Round(0.00m + items.Sum(item => item.Quantity * item.UnitPrice), 2);
}
