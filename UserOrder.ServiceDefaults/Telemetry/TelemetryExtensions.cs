using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace UserOrder.ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    private const string Database = "Npgsql";
    private const string Own = "UserOrder.*";
    private const string MetricsPath = "/metrics";

    private static readonly string? ProductVersion =
        typeof(TelemetryExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <summary>
    /// Exports logs, traces and metrics over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, and serves the metrics to Prometheus when
    /// <c>OTEL_METRICS_EXPORTER</c> names it. The standard <c>OTEL_*</c> variables configure exporters, sampler and resource.
    /// </summary>
    /// <exception cref="InvalidOperationException">An OTLP setting is invalid; the message names it.</exception>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.AddConsoleLogs();
        var isPushed = OtlpSettings.HasEndpoint(builder.Configuration);
        var isFetched = IsFetchedByPrometheus(builder.Configuration);
        if (!isPushed && !isFetched)
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        // RabbitMQ.Client's own sources stay off: they would repeat the messaging library's spans.
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(builder.Environment.ApplicationName, serviceVersion: ProductVersion)
                .AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(aspNetCore => aspNetCore.Filter = IsNoProbe)
                .AddHttpClientInstrumentation()
                .AddSource(Database, Own))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(Database, Own));
        if (isPushed)
        {
            telemetry.UseOtlpExporter();
            builder.Services.AddHostedService<LastExport>();
        }

        if (isFetched)
        {
            telemetry.WithMetrics(metrics => metrics.AddPrometheusExporter());
        }
    }

    /// <summary>
    /// Serves the metrics in Prometheus's format when it scrapes them; like the admin endpoints, on the internal port only.
    /// </summary>
    public static void MapMetrics(this WebApplication app)
    {
        if (IsFetchedByPrometheus(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint(MetricsPath).DisableHttpMetrics().DisableRateLimiting().AllowAnonymous().OnInternalPort();
        }
    }

    private static bool IsFetchedByPrometheus(IConfiguration configuration) =>
        configuration["OTEL_METRICS_EXPORTER"]?.Split(',', StringSplitOptions.TrimEntries).Contains("prometheus") == true;

    /// <summary>Leaves out probes, which would add traces several times a minute.</summary>
    private static bool IsNoProbe(HttpContext context) => context.Request.Path.Value is not ("/alive" or "/health" or MetricsPath);
}
