using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Decides whose resources a caller may access. The endpoint's scope has been checked before.</summary>
public sealed class AccessControl
{
    internal const string SubjectClaim = "sub";

    private readonly SecurityOptions _options;

    internal AccessControl(SecurityOptions options) => _options = options;

    internal bool IsOpen => _options.IsOpen;

    /// <summary>Whether the caller is <paramref name="owner"/>, or has the scope for everybody's resources.</summary>
    /// <remarks>
    /// When the request itself names the owner, answer a refusal with <see cref="Refuse"/> before any look-up. When only the look-up shows
    /// the owner, answer as if the resource did not exist. Neither answer reveals whether it exists.
    /// </remarks>
    public bool Reaches(HttpContext context, string scope, Guid owner)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsOpen || IsOwn(context.User, owner) || Scopes.PermitsAny(context.User, scope);
    }

    /// <summary>Whether the caller has the scope for everybody's resources.</summary>
    public bool ReachesAny(HttpContext context, string scope)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsOpen || Scopes.PermitsAny(context.User, scope);
    }

    /// <summary>The caller's <c>sub</c>; null in an open service.</summary>
    public string? CallerOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsOpen ? null : context.User.FindFirstValue(SubjectClaim);
    }

    /// <summary>Answers <c>403</c>: the caller's token does not cover the resource.</summary>
    public static ProblemHttpResult Refuse() => ProblemTypes.Forbidden.ToResult("This resource belongs to another user.");

    /// <summary>Whether the token has the scope <c>admin</c>. An open service knows no operators.</summary>
    internal bool IsOperator(HttpContext context) => !IsOpen && Scopes.Permits(context.User, Scopes.Admin);

    private bool IsOwn(ClaimsPrincipal caller, Guid owner) =>
        Guid.TryParse(caller.FindFirstValue(_options.OwnerIdClaim), out var id) && id == owner;
}
