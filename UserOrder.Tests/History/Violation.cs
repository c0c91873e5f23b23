namespace UserOrder.Tests.History;

/// <summary>A broken promise.</summary>
/// <param name="Rule">The promise.</param>
/// <param name="Finding">How it was broken.</param>
/// <param name="Minimal">The fewest entries that break it in the same way.</param>
internal sealed record Violation(IHistoryRule Rule, string Finding, RecordedHistory Minimal)
{
    /// <summary>The finding, and the entries as a table in the order of their time.</summary>
    public override string ToString() => string.Join(
        '\n',
        Minimal.Entries
            .OrderBy(entry => (entry as Operation)?.Start ?? TimeSpan.MaxValue)
            .Select(entry => $"  {entry.Describe()}")
            .Prepend($"{Rule.GetType().Name}: {Finding}"));
}
