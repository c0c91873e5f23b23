using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>A kind of problem (RFC 9457).</summary>
/// <param name="Name">The last segment of the URI.</param>
/// <param name="Status">The status of every response of this type.</param>
/// <param name="Title">The kind of problem in one sentence.</param>
public sealed record MessagingProblem(string Name, int Status, string Title)
{
    internal const string Base = "https://userorder.example/problems/";

    /// <summary>The stable <c>type</c> (RFC 9457, section 3.1.1). Clients compare it; no page exists at this address.</summary>
    public string Uri { get; } = Base + Name;

    /// <summary>The response for one occurrence.</summary>
    internal ProblemHttpResult ToResult(string detail, Dictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(statusCode: Status, type: Uri, title: Title, detail: detail, extensions: extensions);

    /// <summary>The response for one occurrence that may be over after a while.</summary>
    internal ProblemHttpResult ToResult(HttpResponse response, string retryAfterSeconds, string detail, Dictionary<string, object?>? extensions = null)
    {
        response.Headers.RetryAfter = retryAfterSeconds;
        return ToResult(detail, extensions);
    }
}
