using System.Collections.Concurrent;
using Npgsql;

namespace UserOrder.Messaging.Idempotency;

/// <summary>
/// Carries a request out once, even if the client repeats it with the same <see cref="IdempotencyKey"/>. One statement stores the key and
/// the request's rows, and the key's uniqueness decides between replicas. The keys in memory let a concurrent duplicate fail fast.
/// </summary>
public sealed class IdempotentRequests
{
    private readonly NpgsqlDataSource _database;
    private readonly ConcurrentDictionary<(string Operation, string Value), bool> _inFlight = new();

    internal IdempotentRequests(NpgsqlDataSource database) => _database = database;

    /// <summary>Carries a request out once, and gives each repetition the first answer.</summary>
    /// <param name="request">The request with its key.</param>
    /// <param name="write">
    /// Carries the request out, and stores its key, if any, in the same statement. It returns null if another request has stored the key.
    /// In that case it must not have written anything.
    /// </param>
    /// <param name="replay">
    /// Repeats the answer from the id of the entity that the first request created, or would have created without a conflict.
    /// </param>
    /// <param name="refuse">Answers a refused request.</param>
    /// <param name="cancellationToken">Cancels the look-up of the key.</param>
    /// <exception cref="ArgumentException">The header is not a valid key.</exception>
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
            return await write(null) ?? throw new InvalidOperationException("The write of a request without a key returned null.");
        }

        if (await IdempotencyStore.FindAsync(_database, key, cancellationToken) is { } earlier)
        {
            return await AnswerRepetitionAsync(earlier);
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

        // If the other request's key is gone already, the purge has just deleted it. A retry by the client solves that, too.
        return await IdempotencyStore.FindAsync(_database, key, cancellationToken) is { } first
            ? await AnswerRepetitionAsync(first)
            : refuse(IdempotencyRefusal.KeyInFlight);

        async Task<TResult> AnswerRepetitionAsync((ReadOnlyMemory<byte> Fingerprint, Guid EntityId) first) =>
            first.Fingerprint.Span.SequenceEqual(key.Fingerprint.Span)
                ? await replay(first.EntityId)
                : refuse(IdempotencyRefusal.KeyReused);
    }
}
