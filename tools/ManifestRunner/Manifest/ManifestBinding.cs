namespace UserOrder.ManifestRunner.Manifest;

/// <summary>An endpoint of a resource.</summary>
internal sealed record ManifestBinding
{
    public required string Scheme { get; init; }

    /// <summary>The port that clients outside the container network are meant to use, if it is fixed.</summary>
    public int? Port { get; init; }

    /// <summary>The port that the process inside the container listens on.</summary>
    public int? TargetPort { get; init; }

    /// <summary>Whether the endpoint is meant for clients outside the graph.</summary>
    public bool External { get; init; }

    /// <summary>The port that a client expects, if the manifest names one.</summary>
    public int? WellKnownPort => Port ?? TargetPort;
}
