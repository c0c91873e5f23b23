namespace UserOrder.Messaging.Idempotency;

/// <summary>The statement that <c>IdempotentRequests</c> uses.</summary>
internal static class IdempotencyStore
{
    public static async Task<(ReadOnlyMemory<byte> Fingerprint, Guid EntityId)?> FindAsync(
        NpgsqlDataSource database, IdempotencyKey key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return database.Keys.TryGetValue(key.Value, out var found) ? found : null;
    }
}
