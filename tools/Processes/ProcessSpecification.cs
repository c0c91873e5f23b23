namespace UserOrder.Processes;

/// <summary>What to start.</summary>
/// <param name="FileName">The program: a path, or a name to be found on <c>PATH</c>.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
internal sealed record ProcessSpecification(string FileName, params IReadOnlyList<string> Arguments)
{
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Variables on top of this process's own; <c>null</c> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
