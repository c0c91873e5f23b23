using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Answers a request that met a database outage with <c>503</c> and <c>Retry-After</c>.</summary>
internal sealed class DatabaseOutageHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!DatabaseFault.IsOutage(exception) || DatabaseFault.IsOfCode(exception))
        {
            return ValueTask.FromResult(false);
        }

        var problem = MessagingProblems.DatabaseUnavailable;
        httpContext.Response.StatusCode = problem.Status;
        httpContext.Response.Headers.RetryAfter = problem.RetryAfterSeconds;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,

            // The connection may break after the commit, before the service hears of it.
            ProblemDetails = problem.ToDetails("Nothing is known to be stored. Try again later."),
        });
    }
}
