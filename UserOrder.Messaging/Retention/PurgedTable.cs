using Npgsql;

namespace UserOrder.Messaging.Retention;

/// <summary>A table with a retention. The component that owns the table registers it.</summary>
/// <param name="retention">The age at which a row expires.</param>
/// <param name="purge">Deletes at most the given number of rows from before the given time, and returns the number of deleted rows.</param>
internal sealed class PurgedTable(TimeSpan retention, Func<NpgsqlDataSource, DateTimeOffset, int, CancellationToken, Task<int>> purge)
{
    private const int Batch = 1000;

    /// <summary>Deletes the expired rows in batches of a thousand, so that no lock lasts long.</summary>
    public async Task PurgeAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - retention;
        int purged;
        do
        {
            purged = await purge(database, before, Batch, cancellationToken);
        }
        while (purged == Batch);
    }
}
