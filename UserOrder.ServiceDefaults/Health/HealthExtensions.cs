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

    /// <summary>Probes are no traffic: what they take, and that they fail while a service starts, is not to count in its service level.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Live),
            ResponseWriter = HealthReportWriter.WriteAsync,
        }).DisableHttpMetrics();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthReportWriter.WriteAsync }).DisableHttpMetrics();
    }
}
