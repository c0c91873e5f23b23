using System.Text.Json.Serialization;

namespace UserOrder.Tests.Manifest;

/// <summary>One entry of the manifest. Which members are set depends on its type.</summary>
internal sealed record ManifestResource(string Type, string? ConnectionString, string? Value, string? Path, string? Image)
{
    public IReadOnlyList<string> Args { get; init; } = [];

    [JsonPropertyName("env")]
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, ManifestBinding> Bindings { get; init; } = new Dictionary<string, ManifestBinding>();

    public IReadOnlyList<ManifestVolume> Volumes { get; init; } = [];

    public IReadOnlyDictionary<string, ManifestInput> Inputs { get; init; } = new Dictionary<string, ManifestInput>();

    public bool IsProject => Type.StartsWith("project.", StringComparison.Ordinal);

    /// <summary>Whether it is something that runs, rather than a value that others refer to.</summary>
    public bool IsRunnable => Type is not ("value.v0" or "parameter.v0" or "annotated.string");
}

/// <summary>An endpoint of a resource.</summary>
/// <param name="Scheme">The scheme of its URL.</param>
/// <param name="Port">The port that clients are meant to use, if it is fixed.</param>
/// <param name="TargetPort">The port that the process in the container listens on.</param>
/// <param name="External">Whether it is meant for clients outside the graph.</param>
internal sealed record ManifestBinding(string Scheme, int? Port, int? TargetPort, bool External)
{
    /// <summary>The port that a client expects, if the manifest names one.</summary>
    public int? WellKnownPort => Port ?? TargetPort;
}

/// <summary>Where a container keeps what is to outlive it.</summary>
internal sealed record ManifestVolume(string? Name, string Target);

/// <summary>A value that whoever deploys has to supply, unless it has a default.</summary>
internal sealed record ManifestInput(bool Secret);
