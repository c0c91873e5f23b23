using System.Globalization;

namespace UserOrder.Tests.History;

/// <summary>A row in a database at the end of the history.</summary>
/// <param name="Commit">The number of the transaction that wrote it; null if a test has written it again meanwhile.</param>
internal abstract record Effect(long? Commit) : HistoryEntry
{
    /// <summary>The row.</summary>
    protected abstract string Row { get; }

    public sealed override string Describe() =>
        $"stored at the end, transaction {Commit?.ToString(CultureInfo.InvariantCulture) ?? "?"}: {Row}";
}
