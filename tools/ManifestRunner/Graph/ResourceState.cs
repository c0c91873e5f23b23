namespace UserOrder.ManifestRunner.Graph;

/// <summary>Where a resource is in its life.</summary>
public enum ResourceState
{
    /// <summary>Not started yet, or stopped on request.</summary>
    Stopped,

    /// <summary>Started, but not healthy yet.</summary>
    Starting,

    /// <summary>Started and healthy.</summary>
    Running,

    /// <summary>Asked to end, but not ended yet.</summary>
    Stopping,

    /// <summary>Ended without having been asked to.</summary>
    Exited,
}
