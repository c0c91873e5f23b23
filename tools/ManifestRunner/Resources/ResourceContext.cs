using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>What every resource of a graph needs to run.</summary>
internal sealed record ResourceContext(
    AppManifest Manifest,
    ManifestEvaluator Evaluator,
    EndpointMap Endpoints,
    DataFolder Data,
    ProcessWatchdog Watchdog,
    ManifestGraphOptions Options)
{
    /// <summary>Where the projects deliver telemetry; <c>null</c> while that is nowhere.</summary>
    public OtlpExporter? Otlp { get; set; } = Options.Otlp;

    /// <summary>What makes the projects ask for access tokens; empty where nobody issues any.</summary>
    public IReadOnlyDictionary<string, string> IssuerEnvironment { get; set; } = new Dictionary<string, string>();

    /// <summary>The manifest's environment of a resource, evaluated.</summary>
    public Dictionary<string, string> EnvironmentOf(string resource) =>
        Manifest[resource].Environment.ToDictionary(entry => entry.Key, entry => Evaluator.Evaluate(entry.Value));

    public IEnumerable<string> ArgumentsOf(string resource) => Manifest[resource].Args.Select(Evaluator.Evaluate);
}
