namespace UserOrder.ManifestRunner.Graph;

/// <summary>A resource has entered a state.</summary>
/// <param name="Resource">The resource's name in the manifest.</param>
/// <param name="State">The state that it is in now.</param>
/// <param name="Remark">What there is to say about it, such as the exit code; else <c>null</c>.</param>
public sealed record ResourceChange(string Resource, ResourceState State, string? Remark = null);
