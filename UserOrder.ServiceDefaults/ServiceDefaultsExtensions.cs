using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserOrder.ServiceDefaults.Health;
using UserOrder.ServiceDefaults.Http;
using UserOrder.ServiceDefaults.Ports;
using UserOrder.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the common parts of a service, with or without an HTTP port.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds telemetry, health checks, the drain at shutdown, service discovery and resilient HTTP clients. Telemetry is exported when
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is invalid; the message names it.</exception>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(InternalPort.Read(builder.Configuration));
        builder.AddTelemetry();
        builder.Services.AddHealth();
        builder.AddDrain();
        builder.Services.AddResilientHttpClients();
        return builder;
    }
}
