using Npgsql;
using UserOrder.Bench.Processes;
using UserOrder.Processes.Servers;

namespace UserOrder.Bench.Servers;

/// <summary>One private RabbitMQ and one private PostgreSQL, which all contestants share, one after the other.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    public RabbitMqServer Broker { get; } = new();

    public PostgresServer Database { get; } = new();

    public double BrokerCpuSeconds => ProcFile.CpuSecondsOfFamily(Broker.ProcessId);

    public double DatabaseCpuSeconds => ProcFile.CpuSecondsOfFamily(Database.ProcessId);

    public Task StartAsync() => Task.WhenAll(Broker.StartAsync(), Database.StartAsync());

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await Database.OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Replaces a database by a copy of another one that no connection uses.</summary>
    public async Task CopyDatabaseAsync(string template, string copy)
    {
        await ExecuteAsync(PostgresServer.DefaultDatabase, $"drop database if exists {copy} with (force)");
        await ExecuteAsync(PostgresServer.DefaultDatabase, $"create database {copy} template {template}");
    }

    /// <summary>Writes the dirty pages, so that the next measurement does not pay for those of the last one.</summary>
    public Task CheckpointAsync() => ExecuteAsync(PostgresServer.DefaultDatabase, "checkpoint");

    /// <summary>The bytes that have been written to the write-ahead log so far.</summary>
    public async Task<long> LogPositionAsync()
    {
        await using var connection = await Database.OpenAsync(PostgresServer.DefaultDatabase);
        await using var command = new NpgsqlCommand("select (pg_current_wal_lsn() - '0/0')::bigint", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
