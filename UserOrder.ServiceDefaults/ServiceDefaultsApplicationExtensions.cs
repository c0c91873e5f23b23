using UserOrder.ServiceDefaults.Health;
using UserOrder.ServiceDefaults.Telemetry;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the common parts of a service with an HTTP port.</summary>
public static class ServiceDefaultsApplicationExtensions
{
    /// <summary>
    /// Maps <c>/alive</c> and <c>/health</c>, and <c>/metrics</c> when <c>OTEL_METRICS_EXPORTER</c> names Prometheus. While the service
    /// drains, every response closes its connection.
    /// </summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseDrain();
        app.UseInternalPort();
        app.MapHealth();
        app.MapMetrics();
        return app;
    }
}
