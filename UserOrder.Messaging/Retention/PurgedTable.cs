using Npgsql;

namespace UserOrder.Messaging.Retention;

/// <summary>A table with a retention. The component that owns the table registers it.</summary>
/// <param name="retention">The age at which a row expires.</param>
/// <param name="purge">Deletes at most the given number of expired rows, and returns the number of deleted rows.</param>
internal sealed class PurgedTable(TimeSpan retention, Func<NpgsqlDataSource, TimeSpan, int, CancellationToken, Task<int>> purge)
{
    private const int Batch = 1000;

    /// <summary>Deletes the expired rows in batches of a thousand, so that no lock lasts long.</summary>
    public async Task PurgeAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        int purged;
        do
        {
            purged = await purge(database, retention, Batch, cancellationToken);
        }
        while (purged == Batch);
    }
}
