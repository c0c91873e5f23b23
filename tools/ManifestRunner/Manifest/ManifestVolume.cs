namespace UserOrder.ManifestRunner.Manifest;

/// <summary>Where a container keeps what is to outlive it.</summary>
internal sealed record ManifestVolume
{
    public string? Name { get; init; }

    /// <summary>The path inside the container.</summary>
    public required string Target { get; init; }
}
