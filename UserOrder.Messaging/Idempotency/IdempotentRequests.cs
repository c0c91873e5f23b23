using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Npgsql;

namespace UserOrder.Messaging.Idempotency;

/// <summary>
/// Tells a new request from a retry by its <see cref="IdempotencyKey"/>. The key is stored in the statement of what the request writes,
/// and its uniqueness there decides between replicas; what is kept in memory only spares a duplicate the wait.
/// </summary>
public sealed class IdempotentRequests
{
    private readonly NpgsqlDataSource _database;
    private readonly ConcurrentDictionary<string, IdempotentAttempt> _inFlight = new(StringComparer.Ordinal);

    internal IdempotentRequests(NpgsqlDataSource database) => _database = database;

    /// <summary>Looks a request's key up. Without the header it costs nothing, and the request is new.</summary>
    /// <param name="header">The value of the request header <c>Idempotency-Key</c>; null where the request has none.</param>
    /// <param name="caller">Whose key it is; null where nobody is asked who they are.</param>
    /// <param name="request">The request as it was read.</param>
    /// <param name="json">How the request is written for its fingerprint; source-generated.</param>
    /// <param name="cancellationToken">Gives the look-up up.</param>
    /// <returns>What to do. To be disposed of when the request has been carried out, and not before.</returns>
    /// <exception cref="ArgumentException">The header is no key.</exception>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async ValueTask<IdempotentAttempt> BeginAsync<TRequest>(
        string? header, string? caller, TRequest request, JsonTypeInfo<TRequest> json, CancellationToken cancellationToken)
    {
        if (header is null)
        {
            return IdempotentAttempt.WithoutKey;
        }

        var key = IdempotencyKey.From(header, caller, request, json);
        var attempt = new IdempotentAttempt(this, key);
        await attempt.LookUpAsync(key, cancellationToken);
        return attempt;
    }

    internal Task<(ReadOnlyMemory<byte> Fingerprint, Guid EntityId)?> FindAsync(IdempotencyKey key, CancellationToken cancellationToken) =>
        IdempotencyStore.FindAsync(_database, key.Value, cancellationToken);

    /// <summary>False where another attempt with the key is under way in this process.</summary>
    internal bool TryEnter(IdempotencyKey key, IdempotentAttempt attempt) => _inFlight.TryAdd(key.Value, attempt);

    /// <summary>Forgets the attempt; one that never entered takes nobody else's place away.</summary>
    internal void Leave(IdempotencyKey key, IdempotentAttempt attempt) => _inFlight.TryRemove(KeyValuePair.Create(key.Value, attempt));
}
