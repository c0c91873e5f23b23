namespace UserOrder.Tests.History;

/// <summary>What clients have asked and learned, and what the services have stored in the end.</summary>
/// <param name="entries">The requests and rows, in any order.</param>
/// <param name="hasReceipts">Whether the inboxes name the entity of each event. Earlier versions did not record it.</param>
internal sealed class RecordedHistory(IReadOnlyList<HistoryEntry> entries, bool hasReceipts = true)
{
    private readonly Lazy<ILookup<(EntityKind, string), WriteOperation>> _writes =
        new(() => Of<WriteOperation>(entries).ToLookup(write => (write.Kind, write.Marker)));

    private readonly Lazy<ILookup<(EntityKind, string), EntityRow>> _rows =
        new(() => Of<EntityRow>(entries).ToLookup(row => (row.Kind, row.Marker)));

    public IReadOnlyList<HistoryEntry> Entries => entries;

    public bool HasReceipts => hasReceipts;

    public IEnumerable<WriteOperation> Writes => Of<WriteOperation>(entries);

    /// <summary>The reads that have an answer.</summary>
    public IEnumerable<UserRead> UserReads => Of<UserRead>(entries).Where(read => read.Outcome == Outcome.Done);

    /// <summary>The reads that have an answer.</summary>
    public IEnumerable<OrdersRead> OrdersReads => Of<OrdersRead>(entries).Where(read => read.Outcome == Outcome.Done);

    public IEnumerable<EntityRow> Users => Of<EntityRow>(entries).Where(row => row.Kind == EntityKind.User);

    public IEnumerable<EntityRow> Orders => Of<EntityRow>(entries).Where(row => row.Kind == EntityKind.Order);

    public IEnumerable<KeyRow> Keys => Of<KeyRow>(entries);

    public IEnumerable<ReceiptRow> Receipts => Of<ReceiptRow>(entries);

    public IEnumerable<KnownUserRow> KnownUsers => Of<KnownUserRow>(entries);

    public IEnumerable<TotalRow> Totals => Of<TotalRow>(entries);

    /// <summary>The same history with some of its entries only.</summary>
    public RecordedHistory With(IReadOnlyList<HistoryEntry> some) => new(some, hasReceipts);

    /// <summary>The requests to store an entity.</summary>
    public IEnumerable<WriteOperation> WritesOf(EntityKind kind, string marker) => _writes.Value[(kind, marker)];

    /// <summary>The stored rows of an entity.</summary>
    public IEnumerable<EntityRow> RowsOf(EntityKind kind, string marker) => _rows.Value[(kind, marker)];

    private static IEnumerable<T> Of<T>(IEnumerable<HistoryEntry> entries) => entries.OfType<T>();
}
