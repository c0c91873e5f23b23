using Npgsql;

namespace UserOrder.Messaging.Retention;

/// <summary>The statement that deletes expired rows.</summary>
internal static class RetentionStore
{
    /// <summary>
    /// Deletes at most <paramref name="limit"/> rows that are older than <paramref name="retention"/>. It uses the database's clock,
    /// because a replica's clock may be wrong.
    /// </summary>
    /// <returns>The number of deleted rows.</returns>
    public static async Task<int> PurgeAsync(
        NpgsqlDataSource database, string table, string column, TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            delete from {table}
            where ctid = any(array(select ctid from {table} where {column} < now() - $1 limit $2))
            """);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
