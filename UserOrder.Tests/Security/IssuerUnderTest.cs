using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Issuer;

namespace UserOrder.Tests.Security;

/// <summary>The real issuer, and invalid tokens that it never issues.</summary>
internal sealed class IssuerUnderTest : IAsyncDisposable
{
    public const string Audience = "user-order";
    public const string ClientSecret = "the secret of a test";

    private const string SecretId = "published-secret";

    /// <summary>A symmetric key that the issuer publishes by mistake, so that everybody could sign with it.</summary>
    private static readonly byte[] PublishedSecret = RandomNumberGenerator.GetBytes(32);

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
        var issuer = new IssuerUnderTest(app);
        app.Use(issuer.PublishSecretAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    public string Token(string subject, string scope) => Tokens.Issue(subject, scope);

    /// <summary>A token with changed claims; null removes a claim.</summary>
    public string TokenWith(string subject, string scope, params (string Name, JsonNode? Value)[] claims) =>
        Tokens.Key.Sign(Claims(subject, scope, claims));

    /// <summary>A token with a changed header field.</summary>
    public string TokenWithHeader(string subject, string scope, string name, JsonNode value)
    {
        var header = Tokens.Key.Header;
        header[name] = value;
        return Tokens.Key.Sign(header, Claims(subject, scope));
    }

    /// <summary>An unsigned token (<c>alg: none</c>).</summary>
    public string UnsignedToken(string subject, string scope) =>
        $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{Encode(Claims(subject, scope).ToJsonString())}.";

    /// <summary>A token signed with the public key as an HMAC secret.</summary>
    public string TokenByPublicKey(string subject, string scope) =>
        TokenBySecret(subject, scope, Tokens.Key.Id, Encoding.UTF8.GetBytes(Tokens.Key.PublicKey.ToJsonString()));

    /// <summary>A token signed with a secret that stands among the issuer's public keys.</summary>
    public string TokenByPublishedSecret(string subject, string scope) => TokenBySecret(subject, scope, SecretId, PublishedSecret);

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

    private string TokenBySecret(string subject, string scope, string keyId, byte[] secret)
    {
        var header = new JsonObject { ["alg"] = "HS256", ["typ"] = "at+jwt", ["kid"] = keyId }.ToJsonString();
        var signed = $"{Encode(header)}.{Encode(Claims(subject, scope).ToJsonString())}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private async Task PublishSecretAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != "/jwks")
        {
            await next(context);
            return;
        }

        var keys = Tokens.PublicKeys;
        keys["keys"]!.AsArray().Add(new JsonObject
        {
            ["kty"] = "oct",
            ["kid"] = SecretId,
            ["k"] = Base64Url.EncodeToString(PublishedSecret),
        });
        await context.Response.WriteAsJsonAsync(keys);
    }

    private static string Encode(string part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part));
}
