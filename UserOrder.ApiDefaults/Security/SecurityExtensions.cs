using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserOrder.ApiDefaults.Limits;

namespace UserOrder.ApiDefaults.Security;

/// <summary>Who may call which endpoint.</summary>
public static partial class SecurityExtensions
{
    /// <summary>Lets only callers in whose token has the scope. Where the service is open it asks for nothing.</summary>
    /// <param name="endpoint">One endpoint, or a group.</param>
    /// <param name="scope">One of <see cref="Scopes"/>.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder =>
        {
            builder.Metadata.Add(new RequiredScope(scope));
            if (!builder.ApplicationServices.GetRequiredService<AccessControl>().IsOpen)
            {
                builder.Metadata.Add(new AuthorizeAttribute(scope));
            }
        });
        return endpoint;
    }

    /// <summary>A group for the operators' endpoints: they need the scope <c>admin</c>.</summary>
    public static IEndpointRouteBuilder MapAdmin(this WebApplication app) => app.MapGroup("").RequireScope(Scopes.Admin).OnInternalPort();

    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the message names it.</exception>
    internal static void AddSecurity(this WebApplicationBuilder builder)
    {
        var security = SecurityOptions.Read(builder);
        builder.Services.AddSingleton(security);
        builder.Services.AddSingleton(new AccessControl(security));
        builder.AddCrossOrigin();
        if (security.IsOpen)
        {
            return;
        }

        builder.Services.AddBearerTokens(security);
        var authorization = builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var scope in Scopes.All)
        {
            authorization.AddPolicy(scope, policy => policy
                .RequireAuthenticatedUser()
                .RequireAssertion(context => Scopes.Permits(context.User, scope)));
        }
    }

    /// <summary>Checks tokens, then how much their callers have sent, and then scopes. What asks for no scope needs a token nevertheless, unless it says that it does not.</summary>
    internal static void UseSecurity(this WebApplication app)
    {
        app.UseInternalPort();
        app.UseCrossOrigin();
        if (app.Services.GetRequiredService<AccessControl>().IsOpen)
        {
            LogOpen(app.Logger);
            app.UseLimits();
            return;
        }

        app.UseAuthentication();
        app.UseLimits();
        app.UseAuthorization();
    }

    [LoggerMessage(81, LogLevel.Warning, "The API is open: everybody may do everything. Set Security:Authority to ask for access tokens")]
    private static partial void LogOpen(ILogger logger);
}
