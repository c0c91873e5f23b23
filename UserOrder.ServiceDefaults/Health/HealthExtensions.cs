using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.ServiceDefaults.Health;

/// <summary>Liveness and readiness in every environment: <c>/alive</c> checks the process only, <c>/health</c> runs every check.</summary>
internal static class HealthExtensions
{
    private const string Live = "live";

    public static void AddLiveness(this IHealthChecksBuilder checks) =>
        checks.AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Live),
            ResponseWriter = HealthReportWriter.WriteAsync,
        }).AsProbe();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthReportWriter.WriteAsync }).AsProbe();
    }

    /// <summary>
    /// Probes do not count as traffic: their durations, and their failures during a start, stay out of the service level. No rate limit and
    /// no authorization applies to them.
    /// </summary>
    private static void AsProbe(this IEndpointConventionBuilder probe) => probe.DisableHttpMetrics().DisableRateLimiting().AllowAnonymous();
}
