namespace UserOrder.ManifestRunner.Graph;

/// <summary>A line that a resource wrote.</summary>
/// <param name="Resource">The resource's name in the manifest.</param>
/// <param name="Kind">What the resource is.</param>
/// <param name="Text">The line, without its end.</param>
public sealed record LogLine(string Resource, ResourceKind Kind, string Text);
