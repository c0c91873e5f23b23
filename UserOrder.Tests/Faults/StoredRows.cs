using UserOrder.Tests.History;

namespace UserOrder.Tests.Faults;

/// <summary>Reads what the services have stored.</summary>
internal static class StoredRows
{
    // The number of the transaction that last wrote the row. Transactions commit in another order than that of their numbers.
    private const string Commit = "xmin::text::bigint";

    // What Client orders.
    private const string IsWholeOrder =
        """
        coalesce(
          total = 2.50 and jsonb_array_length(items) = 1
            and (items->0->>'quantity')::numeric = 2 and (items->0->>'unitPrice')::numeric = 1.25,
          false)
        """;

    /// <summary>Reads the rows of both databases.</summary>
    /// <returns>The rows, and whether the inboxes name the entity of each event.</returns>
    public static async Task<(IReadOnlyList<Effect> Rows, bool HaveSubjects)> ReadAsync(IAuditedSystem system)
    {
        var rows = new List<Effect>();
        rows.AddRange(await Sql.ReadAsync(
            system.UserDb,
            $"select {Commit}, email, id from users",
            row => new EntityRow(row.GetInt64(0), EntityKind.User, row.GetString(1), row.GetGuid(2), UserId: null, IsWhole: true)));
        rows.AddRange(await Sql.ReadAsync(
            system.OrderDb,
            $"select {Commit}, coalesce(items->0->>'sku', ''), id, user_id, {IsWholeOrder} from orders",
            row => new EntityRow(
                row.GetInt64(0), EntityKind.Order, row.GetString(1), row.GetGuid(2), row.GetGuid(3), row.GetBoolean(4))));
        rows.AddRange(await Sql.ReadAsync(
            system.UserDb,
            $"select {Commit}, user_id, order_count from order_totals",
            row => new TotalRow(row.GetInt64(0), row.GetGuid(1), row.GetInt64(2))));
        rows.AddRange(await Sql.ReadAsync(
            system.OrderDb, $"select {Commit}, id from known_users", row => new KnownUserRow(row.GetInt64(0), row.GetGuid(1))));
        var haveSubjects = true;
        foreach (var (sender, receiver, kind) in new[]
        {
            (system.UserDb, system.OrderDb, EntityKind.User),
            (system.OrderDb, system.UserDb, EntityKind.Order),
        })
        {
            rows.AddRange(await Sql.ReadAsync(
                sender,
                $"select {Commit}, key, entity_id from idempotency_keys",
                row => new KeyRow(row.GetInt64(0), kind, row.GetString(1), row.GetGuid(2))));
            var receipts = await Sql.ReadAsync(
                receiver,
                $"select {Commit}, subject from inbox",
                row => (Commit: row.GetInt64(0), Subject: row.IsDBNull(1) ? null : (Guid?)row.GetGuid(1)));
            haveSubjects &= receipts.All(receipt => receipt.Subject is not null);
            rows.AddRange(receipts.Where(receipt => receipt.Subject is not null)
                .Select(receipt => new ReceiptRow(receipt.Commit, kind, receipt.Subject!.Value)));
        }

        return (rows, haveSubjects);
    }
}
