using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The responses to a request whose idempotency key another request has used.</summary>
/// <remarks>https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7.</remarks>
public static class IdempotencyProblems
{
    /// <summary>
    /// <c>409</c> with <c>Retry-After</c> while the first request is in progress; <c>422</c> for a key of a different request.
    /// </summary>
    public static ProblemHttpResult Of(IdempotencyRefusal refusal, HttpResponse response) => refusal switch
    {
        IdempotencyRefusal.KeyReused => MessagingProblems.IdempotencyKeyReused.ToResult(
            "An earlier request used this idempotency key with a different body. Use a new key for a new request."),
        _ => MessagingProblems.IdempotencyKeyInFlight.ToResult(
            response, "Another request with this idempotency key is still in progress. Try again later."),
    };
}
