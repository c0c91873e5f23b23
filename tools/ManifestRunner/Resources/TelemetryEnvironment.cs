using System.Collections;
using System.Globalization;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>The OpenTelemetry variables of a project, set as an AppHost does in run mode.</summary>
internal static class TelemetryEnvironment
{
    // Short enough to watch a request's trace appear in the dashboard.
    private static readonly string ExportDelay = TimeSpan.FromSeconds(1).TotalMilliseconds.ToString(CultureInfo.InvariantCulture);

    public static void Apply(Dictionary<string, string?> variables, string serviceName, OtlpExporter? exporter)
    {
        // An exporter that inherits an endpoint where nobody listens takes long to stop.
        foreach (var inherited in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key))
        {
            if (inherited.StartsWith("OTEL_", StringComparison.Ordinal))
            {
                variables[inherited] = null;
            }
        }

        variables["OTEL_SERVICE_NAME"] = serviceName;
        if (exporter is null)
        {
            return;
        }

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = exporter.Endpoint.OriginalString;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        variables["OTEL_EXPORTER_OTLP_HEADERS"] = exporter.ApiKey is { } key ? $"x-otlp-api-key={key}" : null;
        variables["OTEL_BSP_SCHEDULE_DELAY"] = ExportDelay;
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = ExportDelay;
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = ExportDelay;
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    }
}
