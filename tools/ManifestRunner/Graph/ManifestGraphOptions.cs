using UserOrder.ManifestRunner.Networking;

namespace UserOrder.ManifestRunner.Graph;

/// <summary>How to run a manifest's graph. Only <see cref="ManifestPath"/> is required.</summary>
public sealed record ManifestGraphOptions
{
    /// <summary>The <c>aspire-manifest.json</c>; the projects' paths in it are relative to its folder.</summary>
    public required string ManifestPath { get; init; }

    /// <summary>Where databases, messages, passwords and logs are kept. Default: a temporary folder that ends with the graph.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Whether to empty <see cref="DataFolder"/> first.</summary>
    public bool Fresh { get; init; }

    /// <summary>The build configuration whose output runs. Default: <c>Release</c>.</summary>
    public string Configuration { get; init; } = "Release";

    /// <summary>The projects' <c>ASPNETCORE_ENVIRONMENT</c>. Default: <c>Development</c>.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>Whether to use free ports also where the manifest names one, so that several graphs can run at a time.</summary>
    public bool EphemeralPorts { get; init; }

    /// <summary>The ports of single endpoints; they win over the manifest and <see cref="EphemeralPorts"/>.</summary>
    public IReadOnlyList<PortRequest> Ports { get; init; } = [];

    /// <summary>
    /// Parameter values by name. Those not given come from the environment, from kept data or from the manifest's defaults.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Further environment variables of single projects, by resource name; they win over the manifest's.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ExtraEnvironment { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Where the projects deliver telemetry. Default: to the dashboard if there is one, else nowhere.</summary>
    public OtlpExporter? Otlp { get; init; }

    /// <summary>The dashboard to start with the graph. Default: none.</summary>
    public DashboardOptions? Dashboard { get; init; }

    /// <summary>The issuer of access tokens to start with the graph. Default: none, and the projects say themselves whom they let in.</summary>
    public IssuerOptions? Issuer { get; init; }

    /// <summary>Receives each line that a resource writes, from any thread.</summary>
    public Action<LogLine>? LogSink { get; init; }

    /// <summary>Is told of each resource that changes its state, from any thread.</summary>
    public Action<ResourceChange>? ResourceChanged { get; init; }

    /// <summary>How long one resource may take to become healthy. Default: 90 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long one resource may take to end when asked to; then it is killed. Default: 30 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of all deadlines. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
