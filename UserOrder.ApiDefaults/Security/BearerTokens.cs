using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace UserOrder.ApiDefaults.Security;

/// <summary>How access tokens are checked: JWTs of the one issuer, by its published keys (RFC 9068, section 4).</summary>
internal static class BearerTokens
{
    /// <summary>How far the clocks of issuer and service may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time between two looks at the issuer's keys for a token whose key is not among them.</summary>
    private static readonly TimeSpan KeyRefreshInterval = TimeSpan.FromMinutes(1);

    /// <summary>For how long a key that the issuer has given up may still be taken.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan IssuerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Signatures that only the issuer can make: with a shared secret every service could, and "none" is none.</summary>
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
            bearer.BackchannelTimeout = IssuerTimeout;
            bearer.RefreshInterval = KeyRefreshInterval;
            bearer.AutomaticRefreshInterval = KeyLifetime;
            bearer.MapInboundClaims = false;
            bearer.SaveToken = false;
            bearer.TokenValidationParameters = new TokenValidationParameters
            {
                ValidAudience = security.Audience,
                ValidAlgorithms = Algorithms,
                ClockSkew = ClockSkew,
                NameClaimType = AccessControl.SubjectClaim,
            };
            bearer.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = TellOutageFromRefusal,
                OnTokenValidated = RequireSubject,
                OnForbidden = NameTheScope,
            };
        });

        // Otherwise a key that the issuer has given up, as it does with a stolen one, would be taken for another hour.
        services.PostConfigure<JwtBearerOptions>(
            JwtBearerDefaults.AuthenticationScheme,
            bearer => ((BaseConfigurationManager)bearer.ConfigurationManager!).UseLastKnownGoodConfiguration = false);
    }

    /// <summary>A token that is refused is the caller's fault; that there are no keys to check it with is not.</summary>
    /// <remarks>The exception does not tell: without keys every token counts as signed by a stranger. Once fetched, the keys are kept.</remarks>
    private static async Task TellOutageFromRefusal(AuthenticationFailedContext context)
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

    /// <summary>RFC 9068, section 2.2, requires it; without it nothing would be anybody's own.</summary>
    private static Task RequireSubject(TokenValidatedContext context)
    {
        if (context.Principal?.FindFirst(AccessControl.SubjectClaim) is not { Value.Length: > 0 })
        {
            context.Fail("The token has no subject.");
        }

        return Task.CompletedTask;
    }

    /// <summary>RFC 6750, section 3.1.</summary>
    private static Task NameTheScope(ForbiddenContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is { } required)
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{required.Name}\"";
        }

        return Task.CompletedTask;
    }
}
