using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UserOrder.ServiceDefaults.Health;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Checks the callers' access tokens and their scopes.</summary>
internal static partial class SecurityExtensions
{
    /// <exception cref="InvalidOperationException">A setting is missing or invalid; the message names it.</exception>
    public static void AddSecurity(this IHostApplicationBuilder builder)
    {
        var security = SecurityOptions.Read(builder);
        var access = new AccessControl(security);
        builder.Services.AddSingleton(access);
        builder.Services.Configure<HealthDetailsOptions>(health => health.IsAllowed = access.IsOperator);
        builder.AddCrossOrigin();
        if (security.IsOpen)
        {
            return;
        }

        builder.Services.AddBearerTokens(security);
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>Reads and checks access tokens.</summary>
    public static void UseTokens(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AccessControl>().IsOpen)
        {
            LogOpen(app.Logger);
            return;
        }

        app.UseAuthentication();
    }

    /// <summary>Checks scopes. An endpoint without a scope requires a valid token, unless it allows anonymous callers.</summary>
    public static void UseScopes(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<AccessControl>().IsOpen)
        {
            app.UseAuthorization();
        }
    }

    [LoggerMessage(
        81,
        LogLevel.Warning,
        "The API is open: it accepts every request without an access token. Set Security:Authority to require tokens")]
    private static partial void LogOpen(ILogger logger);
}
