using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The responses to a request whose idempotency key another request has used.</summary>
/// <remarks>https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7.</remarks>
public static class IdempotencyProblems
{
    /// <summary><c>409</c> with the seconds to wait: the first request is still in progress.</summary>
    public static ProblemHttpResult KeyInFlight(HttpResponse response) => MessagingProblems.IdempotencyKeyInFlight.ToResult(
        response, "Another request with this idempotency key is still in progress. Try again later.");

    /// <summary><c>422</c>: a retry would fail again.</summary>
    public static ProblemHttpResult KeyReused() => MessagingProblems.IdempotencyKeyReused.ToResult(
        "An earlier request used this idempotency key with a different body. Use a new key for a new request.");
}
