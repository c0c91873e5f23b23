using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>A kind of problem (RFC 9457).</summary>
/// <param name="Name">The last segment of the URI.</param>
/// <param name="Status">The status of every response of this type.</param>
/// <param name="Title">The kind of problem in one sentence.</param>
/// <param name="RetryAfterSeconds">The value of <c>Retry-After</c>; null for a problem that time alone does not solve.</param>
internal sealed record MessagingProblem(string Name, int Status, string Title, string? RetryAfterSeconds = null)
{
    // UserOrder.ApiDefaults has the same base of its own, because neither assembly may reference the other.
    private const string Base = "https://userorder.example/problems/";

    /// <summary>The stable <c>type</c> (RFC 9457, section 3.1.1). Clients compare it; no page exists at this address.</summary>
    public string Uri { get; } = Base + Name;

    public ProblemDetails ToDetails(string? detail = null) => new() { Type = Uri, Title = Title, Status = Status, Detail = detail };

    /// <summary>The response for one occurrence.</summary>
    public ProblemHttpResult ToResult(string detail, Dictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(statusCode: Status, type: Uri, title: Title, detail: detail, extensions: extensions);

    /// <summary>The response for one occurrence, with <c>Retry-After</c>.</summary>
    public ProblemHttpResult ToResult(HttpResponse response, string detail, Dictionary<string, object?>? extensions = null)
    {
        response.Headers.RetryAfter = RetryAfterSeconds;
        return ToResult(detail, extensions);
    }
}
