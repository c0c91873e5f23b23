using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Security;
using UserOrder.Tests.ServiceDefaults;

namespace UserOrder.Tests.Security;

/// <summary>The connection to the issuer. <see cref="AccessTests"/> checks its tokens.</summary>
public sealed class BearerTokensTests
{
    [Fact]
    public async Task A_redirect_of_the_issuer_to_other_keys_is_not_followed()
    {
        await using var elsewhere = await AnsweringServer.StartAsync(
            AnsweringServer.Text(200, "application/json", """{"issuer":"https://elsewhere.example"}"""));
        await using var issuer = await AnsweringServer.StartAsync(
            AnsweringServer.Text(302, null, "", ("Location", elsewhere.Url.AbsoluteUri)));
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(TimeProvider.System);
        services.AddBearerTokens(new SecurityOptions { Authority = issuer.Url.AbsoluteUri, Audience = "things" });
        await using var provider = services.BuildServiceProvider();
        var bearer = provider.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => bearer.ConfigurationManager!.GetConfigurationAsync(TestContext.Current.CancellationToken));

        Assert.Equal((1, 0), (issuer.Requests, elsewhere.Requests));
    }
}
