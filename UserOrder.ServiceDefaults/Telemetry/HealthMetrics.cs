using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.ServiceDefaults.Telemetry;

/// <summary>Measures each health check every ten seconds: 0 unhealthy, 1 degraded, 2 healthy.</summary>
internal sealed class HealthMetrics : IHealthCheckPublisher
{
    private volatile HealthReport? _latest;

    public HealthMetrics(IMeterFactory meters) =>
        meters.Create("UserOrder.ServiceDefaults").CreateObservableGauge("userorder.health", Measure, description: "0 unhealthy, 1 degraded, 2 healthy.");

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _latest = report;
        return Task.CompletedTask;
    }

    private IEnumerable<Measurement<int>> Measure() =>
        from entry in _latest?.Entries ?? new Dictionary<string, HealthReportEntry>()
        select new Measurement<int>((int)entry.Value.Status, new KeyValuePair<string, object?>("userorder.health.check", entry.Key));
}

internal static class HealthMetricsExtensions
{
    public static void AddHealthMetrics(this IServiceCollection services)
    {
        services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        services.Configure<HealthCheckPublisherOptions>(publisher =>
        {
            publisher.Delay = TimeSpan.FromSeconds(1);
            publisher.Period = TimeSpan.FromSeconds(10);
        });
    }
}
