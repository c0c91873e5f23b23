using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Retention;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Idempotency;

/// <summary>
/// The statements on idempotency keys, and the SQL fragments that let a service write its rows and their keys in one statement.
/// </summary>
public static class IdempotencyStore
{
    /// <summary>
    /// The array parameters that <see cref="AddParameters"/> adds, for <c>unnest</c>. Their columns are <see cref="Columns"/>.
    /// </summary>
    public const string Parameters = "@idempotency_operations, @idempotency_keys, @idempotency_fingerprints";

    /// <summary>The column names of <see cref="Parameters"/>. All are null for a request without a key.</summary>
    public const string Columns = "operation, key, fingerprint";

    /// <summary>
    /// The statement that stores the keys of a table expression's rows and returns the <c>entity_id</c> of each row whose key is new. It
    /// sorts the keys, so that two replicas that insert the same ones wait for each other instead of deadlocking.
    /// </summary>
    /// <param name="input">A table expression with the columns <c>id</c> and <see cref="Columns"/>.</param>
    public static string InsertNew(string input) =>
        $"""
        insert into idempotency_keys (operation, key, fingerprint, entity_id, created_at)
        select {Columns}, id, now() from {input} where key is not null order by key collate "C", operation collate "C"
        on conflict do nothing
        returning entity_id
        """;

    /// <summary>
    /// Adds <see cref="Parameters"/> to a command, with one array element for each request. It is null for a request without a key.
    /// </summary>
    public static void AddParameters(NpgsqlCommand command, IReadOnlyList<IdempotencyKey?> keys)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.AddArray("idempotency_operations", NpgsqlDbType.Text, keys.Select(key => key?.Operation));
        command.AddArray("idempotency_keys", NpgsqlDbType.Text, keys.Select(key => key?.Value));
        command.AddArray("idempotency_fingerprints", NpgsqlDbType.Bytea, keys.Select(key => key?.Fingerprint.ToArray()));
    }

    /// <summary>Finds the request that used a key. The answer is as safe as the first one: every synchronous standby has the key.</summary>
    internal static async Task<(ReadOnlyMemory<byte> Fingerprint, Guid EntityId)?> FindAsync(
        NpgsqlDataSource database, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(database, key, cancellationToken) is not { } found)
        {
            return null;
        }

        await ReplicationBarrier.WaitAsync(database, cancellationToken);
        return found;
    }

    /// <summary>The keys' entry for the purge of expired rows.</summary>
    internal static PurgedTable Purged(MessagingOptions options) => new(options.IdempotencyRetention, PurgeAsync);

    /// <summary>Deletes at most <paramref name="limit"/> keys that are older than <paramref name="retention"/>.</summary>
    /// <returns>The number of deleted keys.</returns>
    internal static Task<int> PurgeAsync(NpgsqlDataSource database, TimeSpan retention, int limit, CancellationToken cancellationToken) =>
        RetentionStore.PurgeAsync(database, "idempotency_keys", "created_at", retention, limit, cancellationToken);

    private static async Task<(ReadOnlyMemory<byte> Fingerprint, Guid EntityId)?> ReadAsync(
        NpgsqlDataSource database, IdempotencyKey key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select fingerprint, entity_id from idempotency_keys where key = $1 and operation = $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.Operation });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetFieldValue<byte[]>(0), reader.GetGuid(1)) : null;
    }
}
