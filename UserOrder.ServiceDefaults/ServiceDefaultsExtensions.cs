using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using UserOrder.ServiceDefaults.Health;
using UserOrder.ServiceDefaults.Limits;
using UserOrder.ServiceDefaults.OpenApi;
using UserOrder.ServiceDefaults.Problems;
using UserOrder.ServiceDefaults.Security;
using UserOrder.ServiceDefaults.Telemetry;
using UserOrder.ServiceDefaults.Transport;
using UserOrder.ServiceDefaults.Versioning;

namespace UserOrder.ServiceDefaults;

/// <summary>What every service of the graph has: telemetry, health, service discovery, resilient HTTP clients, problem details.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The most bytes a request body may have: 64 KiB. A larger one is answered <c>413</c>.</summary>
    public const int MaxRequestBodyBytes = 64 * 1024;

    /// <summary>Adds the defaults. Telemetry is exported where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        // A connection keeps its 4 KiB to read into, which spares each request a call that only asks whether there is anything to read.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);

        builder.Services.TryAddSingleton(TimeProvider.System);

        builder.Services.AddTrustedProxies(builder.Configuration);
        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddLiveness();
        builder.AddDrain();
        builder.Services.AddResilientHttpClients();
        builder.Services.AddStrictJson();
        builder.Services.AddProblems();
        builder.AddSecurity();
        builder.Services.AddLimits();
        return builder;
    }

    /// <summary>
    /// Maps <c>/alive</c> and <c>/health</c>, <c>/metrics</c> where Prometheus is to fetch it, and in Development the interactive API page
    /// <c>/swagger</c>. Errors below are answered with problem details, and each answer of a version of the API names the versions that there
    /// are.
    /// </summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            // Only answers over HTTPS carry it.
            app.UseHsts();
        }

        app.UseSecurityHeaders();
        app.UseDrain();
        app.UseProblems();
        app.UseApiVersions();
        app.UseOpenApiPage();
        app.UseSecurity();
        app.UseStrictJson();
        app.MapHealth();
        app.MapMetrics();
        return app;
    }
}
