using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Security;

/// <summary>The issuer's keys could not be had, so that no token can be checked.</summary>
internal sealed class IssuerOutageException(Exception cause) : Exception("The issuer of the access tokens is out of reach.", cause);

/// <summary>Answers <c>503</c> and the time after which to try again: the token may be a good one.</summary>
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
            ProblemDetails = new ProblemDetails
            {
                Type = ProblemTypes.IssuerUnavailable,
                Title = "Access tokens cannot be checked at the moment.",
                Detail = "Nothing was done. Try again later.",
                Status = StatusCodes.Status503ServiceUnavailable,
            },
        });
    }
}
