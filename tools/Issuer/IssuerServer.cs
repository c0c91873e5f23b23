using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace UserOrder.Issuer;

/// <summary>An issuer of access tokens for development. It issues any token to any caller, so it listens on loopback only.</summary>
internal static class IssuerServer
{
    /// <exception cref="InvalidOperationException">An address is reachable from other machines.</exception>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var urls = builder.Configuration["urls"] ?? "";
        if (!urls.Split(';').All(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback))
        {
            throw new InvalidOperationException(
                $"The issuer issues any token to any caller, so --urls must contain loopback addresses only. It is '{urls}'.");
        }

        var settings = builder.Configuration.GetSection("Issuer").Get<IssuerSettings>() ?? new IssuerSettings();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<TokenIssuer>();
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", Describe);
        app.MapGet("/jwks", (TokenIssuer issuer) => issuer.PublicKeys);
        app.MapPost("/token", IssueToClient).DisableAntiforgery();
        app.MapPost("/dev/token", IssueToAnybody).DisableAntiforgery();
        app.MapGet("/health", () => "Healthy");
        return app;
    }

    /// <summary>OpenID Connect Discovery 1.0, section 3.</summary>
    private static JsonObject Describe(TokenIssuer issuer) => new()
    {
        ["issuer"] = issuer.Name,
        ["jwks_uri"] = $"{issuer.Name}/jwks",
        ["token_endpoint"] = $"{issuer.Name}/token",
        ["grant_types_supported"] = new JsonArray("client_credentials"),
        ["response_types_supported"] = new JsonArray("none"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
    };

    /// <summary>The client credentials grant (RFC 6749, section 4.4), with the client's password in the header (section 2.3.1).</summary>
    private static JsonHttpResult<JsonObject> IssueToClient(
        [FromForm(Name = "grant_type")] string? grantType, HttpRequest request, TokenIssuer issuer, IssuerSettings settings)
    {
        if (settings.ClientSecret is not { Length: > 0 } secret
            || !IsClient(request.Headers.Authorization.ToString(), settings.ClientId, secret))
        {
            return TypedResults.Json(new JsonObject { ["error"] = "invalid_client" }, statusCode: StatusCodes.Status401Unauthorized);
        }

        return grantType != "client_credentials"
            ? TypedResults.Json(new JsonObject { ["error"] = "unsupported_grant_type" }, statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Json(new JsonObject
            {
                ["access_token"] = issuer.Issue(settings.ClientId, settings.ClientScope),
                ["token_type"] = "Bearer",
                ["expires_in"] = (long)settings.Lifetime.TotalSeconds,
                ["scope"] = settings.ClientScope,
            });
    }

    /// <summary>A non-standard grant: a token with the requested subject and scope, as plain text for a shell.</summary>
    private static string IssueToAnybody([FromForm] string sub, [FromForm] string scope, TokenIssuer issuer) =>
        issuer.Issue(sub, scope);

    private static bool IsClient(string header, string id, string secret)
    {
        var credentials = $"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}";
        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(expected));
    }
}
