using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Problems;

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
    public static void UseCallerLimits(this WebApplication app)
    {
        if (app.Services.GetRequiredService<RequestLimits>().OfCaller() is { } limits)
        {
            app.UseRateLimiter(limits);
        }
    }

    /// <summary>Runs when the request has arrived, because a permit must not wait for its caller.</summary>
    /// <remarks>
    /// The framework's middleware would check every limiter ten times a second, also while no request arrives. A limiter of all callers
    /// needs no such check.
    /// </remarks>
    public static void UseConcurrencyLimit(this WebApplication app)
    {
        var limiter = app.Services.GetRequiredService<RequestLimits>().OfAll();
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
            {
                await next(context);
                return;
            }

            using var lease = await limiter.AcquireAsync(permitCount: 1, context.RequestAborted);
            await (lease.IsAcquired ? next(context) : RequestLimits.RefuseAsync(context, lease, ProblemTypes.Overloaded));
        });
    }
}
