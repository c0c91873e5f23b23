using Npgsql;

namespace UserOrder.Messaging.Retention;

/// <summary>A table whose old rows are deleted. Its owner registers it.</summary>
/// <param name="retention">The age from which a row is deleted.</param>
/// <param name="purge">Deletes a limited number of rows of that age, and returns their number.</param>
internal sealed class PurgedTable(TimeSpan retention, Func<NpgsqlDataSource, TimeSpan, int, CancellationToken, Task<int>> purge)
{
    private const int Batch = 1000;

    /// <summary>Deletes all rows past their retention, a thousand at a time, so that no lock lasts long.</summary>
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
