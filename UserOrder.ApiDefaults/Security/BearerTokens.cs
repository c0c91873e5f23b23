using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Checks access tokens: JWTs of one issuer, verified with its published keys (RFC 9068, section 4).</summary>
internal static class BearerTokens
{
    /// <summary>The tolerated difference between the clocks of issuer and service.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time between two fetches of the issuer's keys because of a token with an unknown key.</summary>
    private static readonly TimeSpan KeyRefreshInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long the service accepts a key after the issuer has withdrawn it.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromMinutes(10);

    /// <summary>The longest subject in characters (OpenID Connect Core, section 2).</summary>
    private const int MaxSubjectLength = 255;

    /// <summary>Asymmetric signatures only: every service that knows a shared secret could sign, and "none" signs nothing.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void AddBearerTokens(this IServiceCollection services, SecurityOptions security)
    {
        services.AddExceptionHandler<IssuerOutageHandler>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.Authority = security.Authority;
            bearer.RequireHttpsMetadata = new Uri(security.Authority!).Scheme == Uri.UriSchemeHttps;
            bearer.BackchannelTimeout = IssuerMetadata.FetchTimeout;
            bearer.BackchannelHttpHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
            bearer.MapInboundClaims = false;
            bearer.SaveToken = false;
            bearer.TokenValidationParameters = new TokenValidationParameters
            {
                ValidAudience = security.Audience,
                ValidAlgorithms = Algorithms,
                ValidTypes = [security.TokenType, $"application/{security.TokenType}"],
                ClockSkew = ClockSkew,
                NameClaimType = AccessControl.SubjectClaim,
            };
            bearer.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = DistinguishOutageAsync,
                OnTokenValidated = CheckToken,
                OnChallenge = OmitDescription,
                OnForbidden = NameTheScope,
            };
        });

        // Runs after the framework's own configuration, which creates the client.
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).PostConfigure<TimeProvider>((bearer, time) =>
            bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                bearer.MetadataAddress,
                new IssuerMetadata(time),
                new HttpDocumentRetriever(bearer.Backchannel) { RequireHttps = bearer.RequireHttpsMetadata })
            {
                RefreshInterval = KeyRefreshInterval,
                AutomaticRefreshInterval = KeyLifetime,

                // By default the service would accept a withdrawn key, such as a stolen one, for another hour.
                UseLastKnownGoodConfiguration = false,
            });
    }

    /// <summary>Distinguishes an invalid token, the caller's fault, from missing keys, which are not.</summary>
    /// <remarks>The exception does not distinguish them: without keys every signature counts as unknown. Fetched keys are cached.</remarks>
    private static async Task DistinguishOutageAsync(AuthenticationFailedContext context)
    {
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException exception)
        {
            throw new IssuerOutageException(exception);
        }
    }

    /// <summary>
    /// Requires the subject (RFC 9068, section 2.2), on which ownership depends, and refuses extensions that the service does not know
    /// (RFC 7515, section 4.1.11). It knows none.
    /// </summary>
    private static Task CheckToken(TokenValidatedContext context)
    {
        if (context.Principal?.FindAll(AccessControl.SubjectClaim).ToArray() is not [var subject] || !IsStorable(subject.Value))
        {
            context.Fail("The token has no single subject of 1 to 255 printable characters.");
        }
        else if (context.SecurityToken is not JsonWebToken token || token.TryGetHeaderValue<object>("crit", out _))
        {
            context.Fail("The token requires an extension.");
        }

        return Task.CompletedTask;
    }

    /// <summary>The subject is part of each stored idempotency key. The database takes no NUL, and an index no long text.</summary>
    private static bool IsStorable(string subject) =>
        subject.Length is > 0 and <= MaxSubjectLength
        && !subject.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar);

    /// <summary>Keeps the token's claims out of <c>WWW-Authenticate</c>: the description quotes them with all their characters.</summary>
    private static Task OmitDescription(JwtBearerChallengeContext context)
    {
        context.ErrorDescription = null;
        return Task.CompletedTask;
    }

    /// <summary>Names the missing scope (RFC 6750, section 3.1).</summary>
    private static Task NameTheScope(ForbiddenContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is { } required)
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{required.Name}\"";
        }

        return Task.CompletedTask;
    }
}
