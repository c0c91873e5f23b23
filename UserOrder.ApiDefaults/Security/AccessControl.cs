using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Whose data a caller reaches. Whether the endpoint may be called at all was decided before, by its scope.</summary>
public sealed class AccessControl
{
    internal const string SubjectClaim = "sub";

    private readonly SecurityOptions _options;

    internal AccessControl(SecurityOptions options) => _options = options;

    internal bool IsOpen => _options.IsOpen;

    /// <summary>Whether what is <paramref name="owner"/>'s is the caller's own, or the caller's scope reaches everybody's.</summary>
    /// <remarks>
    /// Where the request itself says whose it is, answer no with <see cref="Refuse"/> before anything is looked up; where only the look-up tells,
    /// answer as for what is not there. Neither says whether the other one exists.
    /// </remarks>
    public bool Reaches(HttpContext context, string scope, Guid owner)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsOpen || IsOwn(context.User, owner) || Scopes.PermitsAny(context.User, scope);
    }

    /// <summary>Whether the caller's scope reaches everybody's.</summary>
    public bool ReachesAny(HttpContext context, string scope)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsOpen || Scopes.PermitsAny(context.User, scope);
    }

    /// <summary>The caller's <c>sub</c>; null where nobody is asked who they are.</summary>
    public string? CallerOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsOpen ? null : context.User.FindFirstValue(SubjectClaim);
    }

    /// <summary>Whether the caller may see the service's inside.</summary>
    internal bool ReachesInside(HttpContext context) =>
        _options.InternalPort is { } port && context.Connection.LocalPort == port || (!IsOpen && Scopes.Permits(context.User, Scopes.Admin));

    /// <summary><c>403</c>: the caller's token does not reach that.</summary>
    public static ProblemHttpResult Refuse() => TypedResults.Problem(
        statusCode: StatusCodes.Status403Forbidden,
        type: ProblemTypes.Forbidden,
        title: "The access token does not permit this.",
        detail: "It is another user's.");

    private bool IsOwn(ClaimsPrincipal caller, Guid owner) => Guid.TryParse(caller.FindFirstValue(_options.UserIdClaim), out var user) && user == owner;
}
