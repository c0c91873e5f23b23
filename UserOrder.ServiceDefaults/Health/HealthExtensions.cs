using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.ServiceDefaults.Health;

/// <summary>
/// Liveness and readiness in every environment: <c>/alive</c> checks the process only, <c>/health</c> answers from the latest run of every
/// check.
/// </summary>
internal static class HealthExtensions
{
    private const string Live = "live";

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var check in health.Registrations.Where(check => check.Timeout == Timeout.InfiniteTimeSpan))
            {
                check.Timeout = HealthSnapshot.CheckTimeout;
            }
        });
        services.AddSingleton<HealthSnapshot>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthSnapshot>());

        // For parts that do not know this assembly: the report that the probes answer from.
        services.AddTransient(provider => provider.GetRequiredService<HealthSnapshot>().Current);
    }

    public static void MapHealth(this WebApplication app)
    {
        var snapshot = app.Services.GetRequiredService<HealthSnapshot>();
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Live),
            ResponseWriter = HealthReportWriter.WriteAsync,
        }).AsProbe();
        app.Map("/health", context =>
        {
            var report = snapshot.Current;
            context.Response.StatusCode =
                report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            context.Response.Headers.CacheControl = "no-store, no-cache";
            return HealthReportWriter.WriteAsync(context, report);
        }).AsProbe();
    }

    /// <summary>
    /// Probes do not count as traffic: their durations, and their failures during a start, stay out of the service level. No rate limit and
    /// no authorization applies to them.
    /// </summary>
    private static void AsProbe(this IEndpointConventionBuilder probe) => probe.DisableHttpMetrics().DisableRateLimiting().AllowAnonymous();
}
