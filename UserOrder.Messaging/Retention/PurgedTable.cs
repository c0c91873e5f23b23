using Npgsql;

namespace UserOrder.Messaging.Retention;

/// <summary>A table whose old rows are deleted. Its owner registers it.</summary>
/// <param name="retention">How old a row must be.</param>
/// <param name="purge">Deletes at most so many rows from before a time, and returns how many there were.</param>
internal sealed class PurgedTable(TimeSpan retention, Func<NpgsqlDataSource, DateTimeOffset, int, CancellationToken, Task<int>> purge)
{
    private const int Batch = 1000;

    /// <summary>Deletes what is past its retention, a thousand rows at a time, so that no lock lasts long.</summary>
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
