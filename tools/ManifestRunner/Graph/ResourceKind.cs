namespace UserOrder.ManifestRunner.Graph;

/// <summary>What a resource is to the user.</summary>
public enum ResourceKind
{
    /// <summary>A project of the solution.</summary>
    Project,

    /// <summary>A server that the projects need.</summary>
    Server,
}
