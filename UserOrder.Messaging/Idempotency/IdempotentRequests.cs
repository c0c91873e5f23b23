using System.Collections.Concurrent;
using Npgsql;

namespace UserOrder.Messaging.Idempotency;

/// <summary>
/// Recognises a repeated request by its <see cref="IdempotencyKey"/>. The key is stored in the statement of what the request writes, and
/// its uniqueness there decides between replicas. The keys in memory only spare a duplicate the wait.
/// </summary>
public sealed class IdempotentRequests
{
    private readonly NpgsqlDataSource _database;
    private readonly ConcurrentDictionary<(string Operation, string Value), bool> _inFlight = new();

    internal IdempotentRequests(NpgsqlDataSource database) => _database = database;

    /// <summary>Carries a request out once, and answers each repetition as the first time.</summary>
    /// <param name="request">The request with its key.</param>
    /// <param name="write">
    /// Carries the request out and stores the key, where there is one, in the same statement. Returns null where another request has stored
    /// the key; then nothing may have been written.
    /// </param>
    /// <param name="replay">Answers again from the id of the entity that the first request created, or would have created but for a conflict.</param>
    /// <param name="refuse">Answers a request that is not carried out.</param>
    /// <param name="cancellationToken">Ends the look-up of the key.</param>
    /// <exception cref="ArgumentException">The header is no key.</exception>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task<TResult> RunAsync<TBody, TResult>(
        IdempotentRequest<TBody> request,
        Func<IdempotencyKey?, Task<TResult?>> write,
        Func<Guid, Task<TResult>> replay,
        Func<IdempotencyRefusal, TResult> refuse,
        CancellationToken cancellationToken)
        where TResult : class
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(replay);
        ArgumentNullException.ThrowIfNull(refuse);
        if (request.ReadKey() is not { } key)
        {
            return await write(null) ?? throw new InvalidOperationException("A request without a key was answered as if its key were taken.");
        }

        if (await IdempotencyStore.FindAsync(_database, key, cancellationToken) is { } earlier)
        {
            return await AnswerAgainAsync(earlier);
        }

        if (!_inFlight.TryAdd((key.Operation, key.Value), true))
        {
            return refuse(IdempotencyRefusal.KeyInFlight);
        }

        try
        {
            if (await write(key) is { } result)
            {
                return result;
            }
        }
        finally
        {
            _inFlight.TryRemove((key.Operation, key.Value), out _);
        }

        // A key that another request stored and that is gone again was purged this moment. The client comes back for that, too.
        return await IdempotencyStore.FindAsync(_database, key, cancellationToken) is { } first
            ? await AnswerAgainAsync(first)
            : refuse(IdempotencyRefusal.KeyInFlight);

        async Task<TResult> AnswerAgainAsync((ReadOnlyMemory<byte> Fingerprint, Guid EntityId) first) =>
            first.Fingerprint.Span.SequenceEqual(key.Fingerprint.Span) ? await replay(first.EntityId) : refuse(IdempotencyRefusal.KeyReused);
    }
}
