using System.Security.Claims;

namespace UserOrder.ApiDefaults.Security;

/// <summary>
/// Reads an access token's scopes from its claim <c>scope</c> (RFC 9068, section 2.2.3), or <c>scp</c>, which some issuers use.
/// </summary>
/// <remarks>
/// A scope such as <c>things:read</c> covers the caller's own resources; <c>things:read:any</c> covers everybody's. <see cref="Admin"/>
/// includes every scope. Each service declares its own scopes.
/// </remarks>
public static class Scopes
{
    /// <summary>Every scope for everybody's resources, and the operators' endpoints.</summary>
    public const string Admin = "admin";

    /// <summary>The suffix that extends a scope to everybody's resources.</summary>
    public const string AnySuffix = ":any";

    private static readonly string[] ClaimTypes = ["scope", "scp"];

    /// <summary>Whether the token has the scope, for the caller's own resources or for everybody's.</summary>
    internal static bool Permits(ClaimsPrincipal caller, string scope) =>
        Grants(caller, granted => granted.StartsWith(scope, StringComparison.Ordinal) && granted[scope.Length..] is "" or AnySuffix);

    /// <summary>Whether the token has the scope for everybody's resources.</summary>
    internal static bool PermitsAny(ClaimsPrincipal caller, string scope) =>
        Grants(caller, granted => granted.Length == scope.Length + AnySuffix.Length
            && granted.StartsWith(scope, StringComparison.Ordinal) && granted.EndsWith(AnySuffix, StringComparison.Ordinal));

    /// <summary>Whether the token has a scope for everybody's resources, as services do that act for many callers.</summary>
    internal static bool CoverEverybody(ClaimsPrincipal caller) =>
        Contain(caller, static granted => granted.EndsWith(AnySuffix, StringComparison.Ordinal));

    private static bool Grants(ClaimsPrincipal caller, Func<ReadOnlySpan<char>, bool> isMeant) =>
        Contain(caller, granted => granted is Admin || isMeant(granted));

    private static bool Contain(ClaimsPrincipal caller, Func<ReadOnlySpan<char>, bool> isMeant)
    {
        foreach (var type in ClaimTypes)
        {
            foreach (var claim in caller.FindAll(type))
            {
                var scopes = claim.Value.AsSpan();
                foreach (var range in scopes.Split(' '))
                {
                    if (isMeant(scopes[range]))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
