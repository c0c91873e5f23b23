using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets endpoints depend on the reliable path. Each convention declares the problems that it adds.</summary>
public static class MessagingEndpointExtensions
{
    /// <summary>Answers <c>503</c> with <c>Retry-After</c> until the schema is in place, as during a database outage.</summary>
    public static RouteGroupBuilder RequireMigratedDatabase(this RouteGroupBuilder group) => group
        .AddEndpointFilter(static (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<SchemaMigrator>().Ready.IsCompletedSuccessfully
                ? next(context)
                : Refuse(context, MessagingProblems.DatabaseUnavailable))
        .ProducesProblem(MessagingProblems.DatabaseUnavailable);

    /// <summary>
    /// Answers <c>503</c> with <c>Retry-After</c> while the outbox is at its limits, <see cref="MessagingOptions.OutboxMaxRows"/> and
    /// <see cref="MessagingOptions.OutboxMaxAge"/>: before the disk is full, and before the endpoint accepts anything.
    /// </summary>
    public static RouteHandlerBuilder RequireRoomInOutbox(this RouteHandlerBuilder endpoint) => endpoint
        .AddEndpointFilter(static (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<OutboxBacklog>().IsFull
                ? Refuse(context, MessagingProblems.OutboxFull)
                : next(context))
        .ProducesProblem(MessagingProblems.OutboxFull);

    /// <summary>
    /// Declares the responses of <see cref="IdempotencyProblems"/>, for an endpoint that takes the header <c>Idempotency-Key</c>.
    /// </summary>
    public static RouteHandlerBuilder AcceptsIdempotencyKey(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(MessagingProblems.IdempotencyKeyInFlight, MessagingProblems.IdempotencyKeyReused);

    private static ValueTask<object?> Refuse(EndpointFilterInvocationContext context, MessagingProblem problem) =>
        ValueTask.FromResult<object?>(problem.ToResult(context.HttpContext.Response, "Nothing was stored. Try again later."));
}
