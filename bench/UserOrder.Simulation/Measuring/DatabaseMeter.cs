using Npgsql;

namespace UserOrder.Simulation.Measuring;

/// <summary>Reads one of the databases. What it counts are its own statements too, which are a handful.</summary>
internal sealed class DatabaseMeter(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connectionString);

    /// <summary>The settings with which a server counts.</summary>
    public static IReadOnlyList<string> Settings { get; } = ["shared_preload_libraries=pg_stat_statements", "track_wal_io_timing=on"];

    /// <summary>Makes the counts readable.</summary>
    public async Task PrepareAsync()
    {
        await using var command = _database.CreateCommand("create extension pg_stat_statements");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>How often a statement that begins like that was executed.</summary>
    public Task<double> CallsAsync(string begin) =>
        ReadAsync("select coalesce(sum(calls), 0)::float8 from pg_stat_statements where query like $1 || '%'", begin);

    /// <summary>The bytes of the write-ahead log so far.</summary>
    public Task<double> LogBytesAsync() => ReadAsync("select (pg_current_wal_lsn() - '0/0')::float8");

    /// <summary>The milliseconds that a flush of the write-ahead log took on average so far, and how many there were.</summary>
    public async Task<(double Milliseconds, double Count)> FlushesAsync() =>
        (await ReadAsync("select wal_sync_time from pg_stat_wal"), await ReadAsync("select wal_sync::float8 from pg_stat_wal"));

    /// <summary>A number that a statement yields.</summary>
    public async Task<double> ReadAsync(string sql, params object[] values)
    {
        await using var command = _database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return await command.ExecuteScalarAsync() is double number ? number : 0;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
