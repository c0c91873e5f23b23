using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Decides whether the service requires tokens and which resources a token covers. Endpoints use <see cref="Caller"/>.</summary>
public sealed class AccessControl
{
    internal const string SubjectClaim = "sub";

    private readonly SecurityOptions _options;

    internal AccessControl(SecurityOptions options) => _options = options;

    internal bool IsOpen => _options.IsOpen;

    /// <summary>Answers <c>403</c>: the caller's token does not cover the resource.</summary>
    public static ProblemHttpResult Refuse() => ProblemTypes.Forbidden.ToResult("This resource belongs to another user.");

    /// <summary>Whether the token names the owner.</summary>
    internal bool IsOwn(ClaimsPrincipal claims, Guid owner) =>
        Guid.TryParse(claims.FindFirstValue(_options.OwnerIdClaim), out var id) && id == owner;

    /// <summary>Whether the token has the scope <c>admin</c>. An open service knows no operators.</summary>
    internal bool IsOperator(HttpContext context) => !IsOpen && Scopes.Permits(context.User, Scopes.Admin);
}
