using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Security;

/// <summary>The issuer's keys are unavailable, so the service cannot check tokens.</summary>
internal sealed class IssuerOutageException(Exception cause) : Exception("The issuer of the access tokens is unreachable.", cause);

/// <summary>Answers <c>503</c> with <c>Retry-After</c>, because the token may be valid.</summary>
internal sealed class IssuerOutageHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not IssuerOutageException)
        {
            return ValueTask.FromResult(false);
        }

        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "5";
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = ProblemTypes.IssuerUnavailable.ToDetails("Nothing was done. Try again later."),
        });
    }
}
