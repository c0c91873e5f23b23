using System.Text.Json.Serialization;

namespace UserOrder.Tests.Manifest;

/// <summary>One entry of the manifest. Its type determines which members are set.</summary>
internal sealed record ManifestResource(string Type, string? ConnectionString, string? Value, string? Path, string? Image)
{
    public IReadOnlyList<string> Args { get; init; } = [];

    [JsonPropertyName("env")]
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, ManifestBinding> Bindings { get; init; } = new Dictionary<string, ManifestBinding>();

    public IReadOnlyList<ManifestVolume> Volumes { get; init; } = [];

    public IReadOnlyDictionary<string, ManifestInput> Inputs { get; init; } = new Dictionary<string, ManifestInput>();

    public bool IsProject => Type.StartsWith("project.", StringComparison.Ordinal);

    /// <summary>Whether the resource runs as a process, in contrast to a value.</summary>
    public bool IsRunnable => Type is not ("value.v0" or "parameter.v0" or "annotated.string");
}

/// <summary>An endpoint of a resource.</summary>
/// <param name="Scheme">The scheme of its URL.</param>
/// <param name="Port">The fixed port for clients, if any.</param>
/// <param name="TargetPort">The port on which the process in the container listens.</param>
/// <param name="External">Whether clients outside the graph use the endpoint.</param>
internal sealed record ManifestBinding(string Scheme, int? Port, int? TargetPort, bool External)
{
    /// <summary>The port for clients, if the manifest has one.</summary>
    public int? WellKnownPort => Port ?? TargetPort;
}

/// <summary>A persistent volume of a container.</summary>
internal sealed record ManifestVolume(string? Name, string Target);

/// <summary>A value that the deployment supplies, unless it has a default.</summary>
internal sealed record ManifestInput(bool Secret);
