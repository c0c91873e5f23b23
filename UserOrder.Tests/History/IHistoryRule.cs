namespace UserOrder.Tests.History;

/// <summary>A promise of the system.</summary>
internal interface IHistoryRule
{
    /// <summary>
    /// Finds where a history breaks the promise. Each finding names what it is about, so that it is another one in a history in which
    /// an entry is missing that excuses it.
    /// </summary>
    IEnumerable<string> FindViolations(RecordedHistory history);
}
