using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace UserOrder.Issuer;

/// <summary>Issues access tokens in the profile of RFC 9068, and publishes the keys to verify them.</summary>
internal sealed class TokenIssuer(IssuerSettings settings, IServer server) : IDisposable
{
    private volatile SigningKey _key = new();

    /// <summary>The issuer's name, which is its address.</summary>
    public string Name => server.Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>The public keys (RFC 7517, section 5).</summary>
    public JsonObject PublicKeys => new() { ["keys"] = new JsonArray(_key.PublicKey) };

    public SigningKey Key => _key;

    /// <summary>The claims of a token that is valid from now on.</summary>
    public JsonObject Claims(string subject, string scope)
    {
        var now = DateTimeOffset.UtcNow;
        return new JsonObject
        {
            ["iss"] = Name,
            ["aud"] = settings.Audience,
            ["sub"] = subject,
            ["scope"] = scope,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + settings.Lifetime).ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString(),
        };
    }

    public string Issue(string subject, string scope) => _key.Sign(Claims(subject, scope));

    /// <summary>Signs with a new key from now on, and withdraws the old one.</summary>
    public void ReplaceKey() => _key = new SigningKey();

    public void Dispose() => _key.Dispose();
}
