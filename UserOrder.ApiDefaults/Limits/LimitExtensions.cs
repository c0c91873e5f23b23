using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace UserOrder.ApiDefaults.Limits;

internal static class LimitExtensions
{
    public static void AddLimits(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<LimitOptions, LimitOptionsValidator>().BindConfiguration(LimitOptions.Section);
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ConnectionLimits>();
        services.AddSingleton<RequestLimits>();
        services.AddRateLimiter(_ => { });
    }

    /// <summary>Runs after authentication, which identifies the caller, and before all work for the caller.</summary>
    public static void UseCallerLimits(this WebApplication app) =>
        app.UseRateLimiter(app.Services.GetRequiredService<RequestLimits>().OfCaller());

    /// <summary>Runs when the request has arrived, because a permit must not wait for its caller.</summary>
    public static void UseConcurrencyLimit(this WebApplication app) =>
        app.UseRateLimiter(app.Services.GetRequiredService<RequestLimits>().OfAll());
}
