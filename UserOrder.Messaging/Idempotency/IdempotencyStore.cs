using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Retention;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Idempotency;

/// <summary>The idempotency keys' statements.</summary>
public static class IdempotencyStore
{
    /// <summary>
    /// The arrays that <see cref="AddParameters"/> adds, in the order of the columns <c>key, fingerprint</c> of
    /// <c>idempotency_keys</c>, for a service that writes its rows and their keys in one statement through <c>unnest</c>.
    /// </summary>
    public const string Parameters = "@idempotency_keys, @idempotency_fingerprints";

    /// <summary>Adds <see cref="Parameters"/> to a command, one array element for each request; null for one without a key.</summary>
    public static void AddParameters(NpgsqlCommand command, IReadOnlyList<IdempotencyKey?> keys)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.AddArray("idempotency_keys", NpgsqlDbType.Text, keys.Select(key => key?.Value));
        command.AddArray("idempotency_fingerprints", NpgsqlDbType.Bytea, keys.Select(key => key?.Fingerprint.ToArray()));
    }

    /// <summary>Finds what a key was used for.</summary>
    internal static async Task<(ReadOnlyMemory<byte> Fingerprint, Guid EntityId)?> FindAsync(
        NpgsqlDataSource database, string key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select fingerprint, entity_id from idempotency_keys where key = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetFieldValue<byte[]>(0), reader.GetGuid(1)) : null;
    }

    /// <summary>What the purge needs to know of the keys.</summary>
    internal static PurgedTable Purged(MessagingOptions options) => new(options.IdempotencyRetention, PurgeAsync);

    /// <summary>Deletes at most <paramref name="limit"/> keys that are older than <paramref name="before"/>.</summary>
    /// <returns>How many there were.</returns>
    internal static Task<int> PurgeAsync(NpgsqlDataSource database, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        RetentionStore.PurgeAsync(database, "idempotency_keys", "created_at", before, limit, cancellationToken);
}
