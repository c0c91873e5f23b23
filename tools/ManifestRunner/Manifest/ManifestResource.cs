using System.Text.Json.Serialization;

namespace UserOrder.ManifestRunner.Manifest;

/// <summary>One entry of the manifest. Which members are set depends on <see cref="Type"/>.</summary>
internal sealed record ManifestResource
{
    public required string Type { get; init; }

    public string? ConnectionString { get; init; }

    /// <summary>The value of a parameter or annotated string: an expression.</summary>
    public string? Value { get; init; }

    /// <summary>How an annotated string changes its value; <c>uri</c> is the only filter that Aspire writes.</summary>
    public string? Filter { get; init; }

    /// <summary>The project file of a <c>project.*</c>, relative to the manifest's folder.</summary>
    public string? Path { get; init; }

    public string? Image { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    [JsonPropertyName("env")]
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, ManifestBinding> Bindings { get; init; } = new Dictionary<string, ManifestBinding>();

    public IReadOnlyList<ManifestVolume> Volumes { get; init; } = [];

    public IReadOnlyDictionary<string, ManifestInput> Inputs { get; init; } = new Dictionary<string, ManifestInput>();

    public bool IsProject => Type.StartsWith("project.", StringComparison.Ordinal);

    public bool IsContainer => Type.StartsWith("container.", StringComparison.Ordinal);

    /// <summary>Whether the resource is something that runs, rather than a value that others refer to.</summary>
    public bool IsRunnable => Type is not ("value.v0" or "parameter.v0" or "annotated.string");
}
