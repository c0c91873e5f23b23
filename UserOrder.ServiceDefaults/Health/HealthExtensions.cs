using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.ServiceDefaults.Health;

/// <summary>Liveness and readiness, both served in every environment: <c>/alive</c> asks the process only, <c>/health</c> everything.</summary>
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
    /// Probes are no traffic: what they take, and that they fail while a service starts, is not to count in its service level, and they are
    /// answered however much else is asked, and by whom.
    /// </summary>
    private static void AsProbe(this IEndpointConventionBuilder probe) => probe.DisableHttpMetrics().DisableRateLimiting().AllowAnonymous();
}
