namespace UserOrder.ManifestRunner.Graph;

/// <summary>Where the projects deliver their telemetry.</summary>
/// <param name="Endpoint">An OTLP endpoint; the one in the graph's options speaks gRPC.</param>
/// <param name="ApiKey">The key that it asks for, sent as <c>x-otlp-api-key</c>; <c>null</c> if it asks for none.</param>
public sealed record OtlpExporter(Uri Endpoint, string? ApiKey = null);
