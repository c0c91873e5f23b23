namespace UserOrder.Processes;

/// <summary>A program to start.</summary>
/// <param name="FileName">A path, or a name on <c>PATH</c>.</param>
/// <param name="Arguments">The arguments, unquoted.</param>
internal sealed record ProcessSpecification(string FileName, params IReadOnlyList<string> Arguments)
{
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Variables added to this process's own; <c>null</c> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
