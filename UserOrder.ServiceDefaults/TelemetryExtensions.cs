using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace UserOrder.ServiceDefaults;

internal static class TelemetryExtensions
{
    /// <summary>
    /// Exports logs, traces and metrics over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Exporter, sampler and resource are
    /// configured by the standard <c>OTEL_*</c> variables.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(builder.Environment.ApplicationName)
                .AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(aspNetCore => aspNetCore.Filter = IsNoProbe)
                .AddHttpClientInstrumentation()
                .AddSource("Npgsql", "UserOrder.Messaging"))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Npgsql", "UserOrder.Messaging", HttpCircuits.MeterName))
            .UseOtlpExporter();
    }

    /// <summary>Liveness and readiness probes would fill the traces several times a minute.</summary>
    private static bool IsNoProbe(HttpContext context) => context.Request.Path.Value is not ("/alive" or "/health");
}
