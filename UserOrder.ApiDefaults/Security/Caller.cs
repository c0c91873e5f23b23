using System.Security.Claims;

namespace UserOrder.ApiDefaults.Security;

/// <summary>The caller of a request, as <c>[AsParameters]</c>. The endpoint's scope has been checked before.</summary>
/// <param name="Access">The service's rules.</param>
/// <param name="Claims">The token's claims; none in an open service.</param>
public readonly record struct Caller(AccessControl Access, ClaimsPrincipal Claims)
{
    /// <summary>The caller's <c>sub</c>; null in an open service.</summary>
    public string? Subject => Access.IsOpen ? null : Claims.FindFirstValue(AccessControl.SubjectClaim);

    /// <summary>Whether the caller is <paramref name="owner"/>, or has the scope for everybody's resources.</summary>
    /// <remarks>
    /// When the request itself names the owner, answer a refusal with <see cref="AccessControl.Refuse"/> before any look-up. When only the
    /// look-up shows the owner, answer as if the resource did not exist. Neither answer reveals whether it exists.
    /// </remarks>
    public bool Reaches(string scope, Guid owner) => ReachesAny(scope) || Access.IsOwn(Claims, owner);

    /// <summary>Whether the caller has the scope for everybody's resources.</summary>
    public bool ReachesAny(string scope) => Access.IsOpen || Scopes.PermitsAny(Claims, scope);
}
