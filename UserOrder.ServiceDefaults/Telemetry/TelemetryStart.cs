using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace UserOrder.ServiceDefaults.Telemetry;

/// <summary>Has the providers created before the first request. The container disposes of them last, which flushes what is left.</summary>
internal sealed class TelemetryStart : IHostedService
{
    public TelemetryStart(TracerProvider traces, MeterProvider metrics)
    {
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentNullException.ThrowIfNull(metrics);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
