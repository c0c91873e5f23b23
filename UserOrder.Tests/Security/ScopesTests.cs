using System.Security.Claims;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.Tests.Security;

public sealed class ScopesTests
{
    [Theory]
    [InlineData("things:read", true, false)]
    [InlineData("things:read:any", true, true)]
    [InlineData("admin", true, true)]
    [InlineData("openid things:read profile", true, false)]
    [InlineData("openid things:read:any profile", true, true)]
    [InlineData("openid admin", true, true)]
    [InlineData("", false, false)]
    [InlineData("things", false, false)]
    [InlineData("things:reads", false, false)]
    [InlineData("things:read:all", false, false)]
    [InlineData("things:read:anybody", false, false)]
    [InlineData("stuffs:read:any", false, false)]
    [InlineData("things:read\tthings:read:any", false, false)]
    [InlineData("THINGS:READ", false, false)]
    [InlineData("THINGS:READ:ANY", false, false)]
    [InlineData("Admin", false, false)]
    [InlineData("administrator", false, false)]
    [InlineData("admin:any", false, false)]
    public void A_scope_covers_the_callers_own_resources_and_with_any_those_of_everybody(string scopes, bool own, bool everybody)
    {
        foreach (var claim in new[] { "scope", "scp" })
        {
            var caller = Caller((claim, scopes));

            Assert.Equal(own, Scopes.Permits(caller, "things:read"));
            Assert.Equal(everybody, Scopes.PermitsAny(caller, "things:read"));
        }
    }

    [Fact]
    public void The_scopes_of_several_claims_add_up_and_other_claims_do_not_count()
    {
        var caller = Caller(("scp", "things:read"), ("scp", "things:write:any"), ("roles", "admin"));

        Assert.True(Scopes.Permits(caller, "things:read"));
        Assert.True(Scopes.PermitsAny(caller, "things:write"));
        Assert.False(Scopes.PermitsAny(caller, "things:read"));
        Assert.False(Scopes.Permits(caller, Scopes.Admin));
    }

    [Theory]
    [InlineData("things:read:any", true)]
    [InlineData("openid things:read:any", true)]
    [InlineData("things:read", false)]
    [InlineData("things:read:ANY", false)]
    [InlineData("admin", false)]
    public void A_scope_for_everybodys_resources_marks_a_service(string scopes, bool isService) =>
        Assert.Equal(isService, Scopes.CoverEverybody(Caller(("scope", scopes))));

    private static ClaimsPrincipal Caller(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value))));
}
