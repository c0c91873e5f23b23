namespace UserOrder.Messaging;

/// <summary>A database that has one table of keys. Its statements are atomic, and the scheduler may interrupt between them.</summary>
internal sealed class NpgsqlDataSource
{
    /// <summary>The stored keys, each with the request and its entity.</summary>
    public Dictionary<string, (ReadOnlyMemory<byte> Fingerprint, Guid EntityId)> Keys { get; } = [];

    /// <summary>The writers that a statement is running for.</summary>
    public HashSet<object> Writing { get; } = [];

    /// <summary>The events whose rows were deleted from the outbox.</summary>
    public List<Guid> Deleted { get; } = [];

    public async Task<Connection> OpenConnectionAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return new Connection(this);
    }

    internal sealed record Connection(NpgsqlDataSource Database) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
