using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Answers a request that met a database outage with <c>503</c> and the time after which to try again.</summary>
internal sealed class DatabaseOutageHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!DatabaseFault.IsOutage(exception))
        {
            return ValueTask.FromResult(false);
        }

        var problem = MessagingProblems.DatabaseUnavailable;
        httpContext.Response.StatusCode = problem.Status;
        httpContext.Response.Headers.RetryAfter = "2";
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails
            {
                Type = problem.Uri,
                Title = problem.Title,
                Detail = "Nothing is known to be stored. Try again later.",
                Status = problem.Status,
            },
        });
    }
}
