using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.ApiDefaults.Problems;

/// <summary>A kind of problem (RFC 9457). Each service declares its own beside the common <see cref="ProblemTypes"/>.</summary>
/// <param name="Name">The last segment of the URI.</param>
/// <param name="Status">The status of every response of this type.</param>
/// <param name="Title">The kind of problem in one sentence. OpenAPI documents state it.</param>
public sealed record ProblemType(string Name, int Status, string Title)
{
    internal const string Base = "https://userorder.example/problems/";

    /// <summary>The stable <c>type</c> (RFC 9457, section 3.1.1). Clients compare it; no page exists at this address.</summary>
    public string Uri { get; } = Base + Name;

    /// <summary>
    /// The extension member with the id of the missing resource (RFC 9457, section 3.2); null without one. It distinguishes the answer of
    /// the service that knows the resource from the answer to an unknown address.
    /// </summary>
    public string? IdMember { get; init; }

    /// <summary>The response for one occurrence.</summary>
    /// <param name="detail">This occurrence in words.</param>
    /// <param name="title">A closer title than the type's.</param>
    public ProblemHttpResult ToResult(string detail, string? title = null) =>
        TypedResults.Problem(statusCode: Status, type: Uri, title: title ?? Title, detail: detail);

    /// <summary>The response for a resource that does not exist; <see cref="IdMember"/> has its id.</summary>
    /// <param name="detail">This occurrence in words.</param>
    /// <param name="id">The id that the request names.</param>
    public ProblemHttpResult ToResult(string detail, Guid id) => TypedResults.Problem(
        statusCode: Status,
        type: Uri,
        title: Title,
        detail: detail,
        extensions: IdMember is { } member ? new Dictionary<string, object?> { [member] = id.ToString() } : null);

    internal ProblemDetails ToDetails(string? detail = null) => new() { Type = Uri, Title = Title, Status = Status, Detail = detail };
}
