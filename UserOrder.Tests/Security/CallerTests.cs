using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.Tests.Security;

public sealed class CallerTests
{
    private const string Scope = "things:read";

    private static readonly Guid Owner = Guid.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly SecurityOptions Closed = new() { Authority = "https://issuer.example" };

    [Fact]
    public void A_caller_reaches_its_own_resources_only()
    {
        var caller = Of(Closed, ("sub", $"{Owner}"), ("scope", Scope));

        Assert.Equal($"{Owner}", caller.Subject);
        Assert.True(caller.Reaches(Scope, Owner));
        Assert.False(caller.Reaches(Scope, Guid.CreateVersion7()));
        Assert.False(caller.ReachesAny(Scope));
    }

    [Fact]
    public void A_subject_that_is_no_UUID_owns_nothing()
    {
        Assert.False(Of(Closed, ("sub", "somebody"), ("scope", Scope)).Reaches(Scope, Guid.Empty));
        Assert.False(Of(Closed, ("scope", Scope)).Reaches(Scope, Guid.Empty));
    }

    [Fact]
    public void A_scope_for_everybody_reaches_all_resources()
    {
        var caller = Of(Closed, ("sub", "somebody"), ("scope", $"{Scope}:any"));

        Assert.True(caller.Reaches(Scope, Owner));
        Assert.True(caller.ReachesAny(Scope));
        Assert.False(caller.ReachesAny("things:write"));
    }

    [Fact]
    public void The_configured_claim_names_the_owner()
    {
        var options = new SecurityOptions { Authority = Closed.Authority, OwnerIdClaim = "thing_owner" };

        Assert.True(Of(options, ("sub", "somebody"), ("thing_owner", $"{Owner}")).Reaches(Scope, Owner));
        Assert.False(Of(options, ("sub", $"{Owner}")).Reaches(Scope, Owner));
    }

    [Fact]
    public void A_caller_of_an_open_service_is_anonymous_and_reaches_everything()
    {
        var caller = Of(new SecurityOptions { Open = true }, ("sub", "somebody"));

        Assert.Null(caller.Subject);
        Assert.True(caller.Reaches(Scope, Owner));
        Assert.True(caller.ReachesAny(Scope));
    }

    [Fact]
    public void Only_the_scope_admin_of_a_checked_token_makes_an_operator()
    {
        Assert.True(IsOperator(Closed, "admin"));
        Assert.False(IsOperator(Closed, "things:read:any"));
        Assert.False(IsOperator(new SecurityOptions { Open = true }, "admin"));

        static bool IsOperator(SecurityOptions options, string scope) =>
            new AccessControl(options).IsOperator(new DefaultHttpContext { User = Claims(("scope", scope)) });
    }

    private static Caller Of(SecurityOptions options, params (string Type, string Value)[] claims) =>
        new(new AccessControl(options), Claims(claims));

    private static ClaimsPrincipal Claims(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value))));
}
