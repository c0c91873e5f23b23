namespace UserOrder.Messaging.Outbox;

/// <summary>The statements that <c>HandOver</c> uses.</summary>
internal static class OutboxStore
{
    public static async Task PostponeAsync(NpgsqlDataSource.Connection connection, IReadOnlyList<OutboxRow> rows)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(rows);
        await Task.Yield();
    }

    public static async Task DeleteAsync(NpgsqlDataSource.Connection connection, IReadOnlyList<OutboxRow> rows)
    {
        await Task.Yield();
        connection.Database.Deleted.AddRange(rows.Select(row => row.Message.Id));
    }
}
