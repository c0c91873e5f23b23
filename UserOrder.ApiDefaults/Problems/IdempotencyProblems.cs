using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace UserOrder.ApiDefaults.Problems;

/// <summary>The responses to a request whose idempotency key another request has used.</summary>
/// <remarks>https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7.</remarks>
public static class IdempotencyProblems
{
    /// <summary>The response to a refused request, by the reason.</summary>
    /// <param name="isReused">Whether an earlier request used the key with a different body; else the first request is still in progress.</param>
    /// <param name="response">Takes the header <c>Retry-After</c>.</param>
    public static ProblemHttpResult Of(bool isReused, HttpResponse response) => isReused ? KeyReused() : KeyInFlight(response);

    /// <summary><c>409</c> with the seconds to wait: the first request is still in progress.</summary>
    private static ProblemHttpResult KeyInFlight(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.RetryAfter = "1";
        return ProblemTypes.IdempotencyKeyInFlight.ToResult(
            "Another request with this idempotency key is still in progress. Try again later.");
    }

    /// <summary><c>422</c>: a retry would fail again.</summary>
    private static ProblemHttpResult KeyReused() => ProblemTypes.IdempotencyKeyReused.ToResult(
        "An earlier request used this idempotency key with a different body. Use a new key for a new request.");
}
