using Npgsql;

namespace UserOrder.Tests.Integration;

/// <summary>Another replica that has stored idempotency keys and has not committed yet.</summary>
internal sealed class RivalReplica : IAsyncDisposable
{
    /// <summary>How many statements of a database wait for another's lock.</summary>
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

    /// <summary>Stores a key for the request that created the entity, or for an unheard-of one where none did.</summary>
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

    /// <summary>Returns when that many statements wait, for this transaction or behind one that does.</summary>
    public async Task WaitUntilBlockingAsync(long statements = 1) => await Until.EqualAsync(statements, "the service waits for the rival", async () =>
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
