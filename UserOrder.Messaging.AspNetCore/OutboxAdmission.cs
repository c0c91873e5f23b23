using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Back pressure at the service's door.</summary>
public static class OutboxAdmission
{
    private const string RetryAfterSeconds = "10";

    /// <summary>
    /// Answers <c>503</c> with <c>Retry-After</c> while the outbox is at its limits, <see cref="MessagingOptions.OutboxMaxRows"/> and
    /// <see cref="MessagingOptions.OutboxMaxAge"/>: before the disk fills, and before anything is promised.
    /// </summary>
    public static RouteHandlerBuilder RequireRoomInOutbox(this RouteHandlerBuilder endpoint)
    {
        endpoint.AddEndpointFilter(static (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<OutboxBacklog>().IsFull
                ? ValueTask.FromResult<object?>(MessagingProblems.OutboxFull.ToResult(
                    context.HttpContext.Response, RetryAfterSeconds, "Nothing was stored. Try again later."))
                : next(context));
        return endpoint.ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
