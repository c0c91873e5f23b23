namespace UserOrder.Messaging.Idempotency;

/// <summary>What is to be done with a request, by what is known of its key.</summary>
public enum IdempotencyState
{
    /// <summary>Carry it out; store its key, where it has one, in the statement that does.</summary>
    New,

    /// <summary>It has been carried out: give the first answer again.</summary>
    Done,

    /// <summary>The key was used for another request: refuse this one.</summary>
    Reused,

    /// <summary>A request with this key is being carried out: let the client come back.</summary>
    InFlight,
}

/// <summary>One request from its arrival until what it writes is committed or given up.</summary>
public sealed class IdempotentAttempt : IDisposable
{
    internal static readonly IdempotentAttempt WithoutKey = new(null, null);

    private readonly IdempotentRequests? _requests;

    internal IdempotentAttempt(IdempotentRequests? requests, IdempotencyKey? key)
    {
        _requests = requests;
        Key = key;
    }

    /// <summary>The request's key; null where it has none.</summary>
    public IdempotencyKey? Key { get; }

    /// <summary>What is to be done.</summary>
    public IdempotencyState State { get; private set; } = IdempotencyState.New;

    /// <summary>Where it is done, what the first request created, or would have created but for a conflict.</summary>
    public Guid EntityId { get; private set; }

    /// <summary>Finds the state out anew when the statement says that another request has stored the key since. It is not new then.</summary>
    /// <exception cref="InvalidOperationException">The request has no key.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database refused or did not answer.</exception>
    public async Task LookUpAgainAsync(CancellationToken cancellationToken)
    {
        if (Key is null)
        {
            throw new InvalidOperationException("The request has no key that could be taken.");
        }

        // A key that is gone again was purged this moment. To come back is right for that, too.
        State = await FindAsync(Key, cancellationToken) ?? IdempotencyState.InFlight;
    }

    /// <summary>Lets the next request with the key in.</summary>
    public void Dispose()
    {
        if (Key is not null)
        {
            _requests!.Leave(Key, this);
        }
    }

    internal async Task LookUpAsync(IdempotencyKey key, CancellationToken cancellationToken) =>
        State = await FindAsync(key, cancellationToken) ??
            (_requests!.TryEnter(key, this) ? IdempotencyState.New : IdempotencyState.InFlight);

    private async Task<IdempotencyState?> FindAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await _requests!.FindAsync(key, cancellationToken) is not { } found)
        {
            return null;
        }

        EntityId = found.EntityId;
        return found.Fingerprint.Span.SequenceEqual(key.Fingerprint.Span) ? IdempotencyState.Done : IdempotencyState.Reused;
    }
}
