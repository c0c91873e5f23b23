using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace UserOrder.ApiDefaults.Problems;

/// <summary>The refusals of a request for its idempotency key.</summary>
/// <remarks>https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7.</remarks>
public static class IdempotencyProblems
{
    /// <summary><c>409</c>, and the time after which the first answer may be there.</summary>
    public static ProblemHttpResult KeyInFlight(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.RetryAfter = "1";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            type: ProblemTypes.IdempotencyKeyInFlight,
            title: "The request is being carried out.",
            detail: "Another request with this idempotency key has not been answered yet; try again later.");
    }

    /// <summary><c>422</c>: to try again would not help.</summary>
    public static ProblemHttpResult KeyReused() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status422UnprocessableEntity,
            type: ProblemTypes.IdempotencyKeyReused,
            title: "The idempotency key was used for another request.",
            detail: "A request with this idempotency key and another body came before. A new request needs a new key.");
}
