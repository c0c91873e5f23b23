using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Issuer;

namespace UserOrder.Tests.Security;

/// <summary>The real issuer, and invalid tokens that it never issues.</summary>
internal sealed class IssuerUnderTest : IAsyncDisposable
{
    public const string Audience = "user-order";
    public const string ClientSecret = "the secret of a test";

    private readonly WebApplication _app;

    private IssuerUnderTest(WebApplication app) => _app = app;

    public string Url => Tokens.Name;

    private TokenIssuer Tokens => _app.Services.GetRequiredService<TokenIssuer>();

    public static async Task<IssuerUnderTest> StartAsync(int port = 0)
    {
        var app = IssuerServer.Create(
        [
            "--urls", $"http://127.0.0.1:{port}", "--Issuer:Audience", Audience, "--Issuer:ClientSecret", ClientSecret,
            "--Logging:LogLevel:Default", "None",
        ]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new IssuerUnderTest(app);
    }

    public string Token(string subject, string scope) => Tokens.Issue(subject, scope);

    /// <summary>A token with changed claims; null removes a claim.</summary>
    public string TokenWith(string subject, string scope, params (string Name, JsonNode? Value)[] claims) =>
        Tokens.Key.Sign(Claims(subject, scope, claims));

    /// <summary>An unsigned token (<c>alg: none</c>).</summary>
    public string UnsignedToken(string subject, string scope) =>
        $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{Encode(Claims(subject, scope).ToJsonString())}.";

    /// <summary>A token signed with the public key as an HMAC secret.</summary>
    public string TokenByPublicKey(string subject, string scope)
    {
        var header = new JsonObject { ["alg"] = "HS256", ["typ"] = "at+jwt", ["kid"] = Tokens.Key.Id }.ToJsonString();
        var signed = $"{Encode(header)}.{Encode(Claims(subject, scope).ToJsonString())}";
        var key = Encoding.UTF8.GetBytes(Tokens.Key.PublicKey.ToJsonString());
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>A token signed with a key that the issuer does not have.</summary>
    public string TokenByStranger(string subject, string scope)
    {
        using var stranger = new SigningKey();
        return stranger.Sign(Claims(subject, scope));
    }

    public void ReplaceKey() => Tokens.ReplaceKey();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private JsonObject Claims(string subject, string scope, params (string Name, JsonNode? Value)[] claims)
    {
        var all = Tokens.Claims(subject, scope);
        foreach (var (name, value) in claims)
        {
            all.Remove(name);
            if (value is not null)
            {
                all[name] = value;
            }
        }

        return all;
    }

    private static string Encode(string part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part));
}
