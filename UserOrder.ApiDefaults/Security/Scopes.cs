using System.Security.Claims;

namespace UserOrder.ApiDefaults.Security;

/// <summary>What an access token permits: its claim <c>scope</c> (RFC 9068, section 2.2.3), or <c>scp</c>, where some issuers write it.</summary>
/// <remarks>
/// A scope reaches what is the caller's own. With <see cref="AnySuffix"/> it reaches everybody's: <c>users:read:any</c> is what OrderApi asks
/// UserApi with. <see cref="Admin"/> reaches everything.
/// </remarks>
public static class Scopes
{
    /// <summary>Read the caller's own user.</summary>
    public const string UsersRead = "users:read";

    /// <summary>Create users. A new user is nobody's own yet, so this is for the service that signs users up.</summary>
    public const string UsersWrite = "users:write";

    /// <summary>Read the caller's own orders.</summary>
    public const string OrdersRead = "orders:read";

    /// <summary>Place orders for the caller.</summary>
    public const string OrdersWrite = "orders:write";

    /// <summary>All of the above for everybody, and the operators' endpoints.</summary>
    public const string Admin = "admin";

    /// <summary>Behind a scope: not only for what is the caller's own.</summary>
    public const string AnySuffix = ":any";

    internal static readonly string[] All = [UsersRead, UsersWrite, OrdersRead, OrdersWrite, Admin];

    private static readonly string[] ClaimTypes = ["scope", "scp"];

    /// <summary>Whether the token permits it, if only for what is the caller's own.</summary>
    internal static bool Permits(ClaimsPrincipal caller, string scope) =>
        Grants(caller, granted => granted.StartsWith(scope, StringComparison.Ordinal) && granted[scope.Length..] is "" or AnySuffix);

    /// <summary>Whether the token permits it for everybody.</summary>
    internal static bool PermitsAny(ClaimsPrincipal caller, string scope) =>
        Grants(caller, granted => granted.Length == scope.Length + AnySuffix.Length
            && granted.StartsWith(scope, StringComparison.Ordinal) && granted.EndsWith(AnySuffix, StringComparison.Ordinal));

    private static bool Grants(ClaimsPrincipal caller, Func<ReadOnlySpan<char>, bool> isMeant)
    {
        foreach (var type in ClaimTypes)
        {
            foreach (var claim in caller.FindAll(type))
            {
                var scopes = claim.Value.AsSpan();
                foreach (var range in scopes.Split(' '))
                {
                    if (scopes[range] is Admin || isMeant(scopes[range]))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}

/// <summary>The scope that an endpoint asks for, in its metadata.</summary>
/// <param name="Name">One of <see cref="Scopes"/>.</param>
internal sealed record RequiredScope(string Name);
