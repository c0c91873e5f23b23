using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.Tests.Security;

/// <summary>The section <c>Security</c>. <c>StartTests</c> shows with some of these rows that the service does not start.</summary>
public sealed class SecurityOptionsTests
{
    private const string Client = "Client:TokenEndpoint=https://issuer.example/token Client:ClientId=a Client:ClientSecret=b";
    private const string Issuer = "Authority=https://issuer.example Audience=things";

    [Theory]
    [InlineData(Issuer)]
    [InlineData("Authority=http://127.0.0.1:8080 Audience=things")]
    [InlineData("Authority=http://localhost:8080 Audience=things")]
    [InlineData($"{Issuer} Open=false")]
    [InlineData($"{Issuer} TokenType=JWT UserIdClaim=user_id")]
    [InlineData($"{Issuer} {Client}")]
    [InlineData($"{Issuer} {Client} Client:Scope=things:read")]
    [InlineData($"{Issuer} Client:TokenEndpoint=http://[::1]:8080/token Client:ClientId=a Client:ClientSecret=b")]
    public void A_service_with_an_issuer_requires_tokens(string settings) => Assert.False(Read(settings).IsOpen);

    [Theory]
    [InlineData("", "Authority is missing")]
    [InlineData("Open=false", "Authority is missing")]
    [InlineData($"{Issuer} Open=true", "Open contradicts Security:Authority")]
    [InlineData("Authority=https://issuer.example", "Audience is missing")]
    [InlineData("Authority=https://issuer.example Audience=", "Audience is missing")]
    [InlineData("Authority= Audience=things", "Authority must be an https URL")]
    [InlineData("Authority=http://issuer.example Audience=things", "Authority must be an https URL")]
    [InlineData("Authority=ftp://127.0.0.1 Audience=things", "Authority must be an https URL")]
    [InlineData("Authority=/issuer Audience=things", "Authority must be an https URL")]
    [InlineData($"{Issuer} TokenType=", "TokenType must name a type")]
    [InlineData($"{Issuer} UserIdClaim=", "UserIdClaim must name a claim")]
    [InlineData($"{Issuer} Client:ClientId=a Client:ClientSecret=b", "Client:TokenEndpoint must be an https URL")]
    [InlineData(
        $"{Issuer} Client:TokenEndpoint=http://issuer.example/token Client:ClientId=a Client:ClientSecret=b",
        "Client:TokenEndpoint must be an https URL")]
    [InlineData($"{Issuer} Client:TokenEndpoint=https://issuer.example/token Client:ClientSecret=b", "Client:ClientId is missing")]
    [InlineData($"{Issuer} Client:TokenEndpoint=https://issuer.example/token Client:ClientId=a", "Client:ClientSecret is missing")]
    [InlineData($"{Issuer} {Client} Client:Scope=", "Client:Scope is missing")]
    public void A_setting_that_would_weaken_the_service_is_refused_and_named(string settings, string reason)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Read(settings));

        Assert.StartsWith($"Security:{reason}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_is_open_by_its_setting_or_in_Development()
    {
        Assert.True(Read("Open=true").IsOpen);
        Assert.True(Read("", Environments.Development).IsOpen);
        var exception = Assert.Throws<InvalidOperationException>(() => Read("Open=false", Environments.Development));
        Assert.EndsWith("To accept requests without tokens, set Security:Open to true.", exception.Message, StringComparison.Ordinal);
        Assert.False(Read(Issuer, Environments.Development).IsOpen);
    }

    [Fact]
    public void By_default_a_token_is_an_access_token_and_its_subject_owns_resources()
    {
        var options = Read(Issuer);

        Assert.Equal("at+jwt", options.TokenType);
        Assert.Equal("sub", options.OwnerIdClaim);
    }

    private static SecurityOptions Read(string settings, string environment = "Production")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(
            settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(setting => setting.Split('=', 2))
                .Select(setting => KeyValuePair.Create($"Security:{setting[0]}", (string?)setting[1])));
        return SecurityOptions.Read(builder);
    }
}
