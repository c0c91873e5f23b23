using Npgsql;

namespace UserOrder.Tests.Integration;

/// <summary>Simulates another replica with an open transaction that has stored idempotency keys.</summary>
internal sealed class RivalReplica : IAsyncDisposable
{
    /// <summary>A query for the number of statements that wait for a lock in the current database.</summary>
    public const string CountOfBlockedStatements =
        "select count(*) from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0";

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private RivalReplica(NpgsqlDataSource database, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _database = database;
        _connection = connection;
        _transaction = transaction;
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<RivalReplica> StartAsync(NpgsqlDataSource database)
    {
        var connection = await database.OpenConnectionAsync(Cancelled);
        return new RivalReplica(database, connection, await connection.BeginTransactionAsync(Cancelled));
    }

    /// <summary>Stores a key with the fingerprint of the request that created the entity, or with an empty one.</summary>
    public async Task TakeAsync(string key, Guid entityId)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into idempotency_keys (key, fingerprint, entity_id, created_at)
            select $1, coalesce((select fingerprint from idempotency_keys where entity_id = $2 limit 1), ''), $2, now()
            """,
            _connection,
            _transaction)
        {
            Parameters = { new() { Value = key }, new() { Value = entityId } },
        };
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>Waits until this transaction blocks that many statements, directly or indirectly.</summary>
    public async Task WaitUntilBlockingAsync(long statements = 1) =>
        await Until.EqualAsync(statements, "the service waits for the rival", async () =>
        {
            await using var command = _database.CreateCommand(CountOfBlockedStatements);
            return (long)(await command.ExecuteScalarAsync(Cancelled))!;
        });

    public Task CommitAsync() => _transaction.CommitAsync(Cancelled);

    public Task RollbackAsync() => _transaction.RollbackAsync(Cancelled);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
