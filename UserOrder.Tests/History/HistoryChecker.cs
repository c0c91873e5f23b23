namespace UserOrder.Tests.History;

/// <summary>Checks a history against every promise, and reduces each violation to the entries that show it.</summary>
internal static class HistoryChecker
{
    // The first violations explain the others.
    private const int Shown = 3;

    private static readonly IHistoryRule[] Rules =
        [new Idempotency(), new AtomicVisibility(), new OrderTotals(), new OnlyRequested(), new AcknowledgedWrites(), new MonotonicReads()];

    /// <summary>Finds violations, at most three of each promise.</summary>
    public static IReadOnlyList<Violation> Check(RecordedHistory history) =>
    [
        .. from rule in Rules
           from finding in rule.FindViolations(history).Distinct().Take(Shown)
           select new Violation(rule, finding, MinimalHistory.Of(history, rule, finding)),
    ];
}
