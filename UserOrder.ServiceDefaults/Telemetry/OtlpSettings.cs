using Microsoft.Extensions.Configuration;

namespace UserOrder.ServiceDefaults.Telemetry;

/// <summary>Checks the standard OTLP variables at the start, because the exporter only stops to export when one is invalid.</summary>
/// <remarks>https://opentelemetry.io/docs/specs/otel/protocol/exporter/.</remarks>
internal static class OtlpSettings
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Endpoints =
    [
        Endpoint,
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ];

    private static readonly string[] Protocols =
    [
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL",
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    ];

    /// <summary>Whether the service exports over OTLP.</summary>
    /// <exception cref="InvalidOperationException">An endpoint is not an HTTP URL, or a protocol is unknown.</exception>
    public static bool HasEndpoint(IConfiguration configuration)
    {
        foreach (var key in Endpoints)
        {
            if (IsSet(configuration[key]) &&
                !(Uri.TryCreate(configuration[key], UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                throw new InvalidOperationException($"{key} must be an HTTP URL, such as http://collector:4317.");
            }
        }

        foreach (var key in Protocols)
        {
            if (IsSet(configuration[key]) && configuration[key] is not ("grpc" or "http/protobuf"))
            {
                throw new InvalidOperationException($"{key} must be grpc or http/protobuf.");
            }
        }

        return IsSet(configuration[Endpoint]);
    }

    /// <remarks>
    /// An empty variable counts as unset: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
    /// </remarks>
    private static bool IsSet(string? value) => !string.IsNullOrWhiteSpace(value);
}
