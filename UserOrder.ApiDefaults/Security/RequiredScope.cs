using Microsoft.AspNetCore.Authorization;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Endpoint metadata: the scope that a caller's token must have.</summary>
internal sealed record RequiredScope(string Name)
{
    public AuthorizationPolicy Policy { get; } = new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireAssertion(context => Scopes.Permits(context.User, Name))
        .Build();
}
