using Npgsql;
using RabbitMQ.Client;

namespace UserOrder.Bench.Servers;

/// <summary>One private RabbitMQ and one private PostgreSQL, which all contestants share, one after the other.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    private readonly RabbitMqServer _broker = new();
    private readonly PostgresServer _database = new();

    public string BrokerUri => _broker.Uri;

    public double BrokerCpuSeconds => _broker.CpuSeconds;

    public double DatabaseCpuSeconds => _database.CpuSeconds;

    /// <exception cref="BenchException">A server did not start.</exception>
    public static async Task<BenchServers> StartAsync()
    {
        var servers = new BenchServers();
        try
        {
            await Task.WhenAll(servers._broker.StartAsync(), servers._database.StartAsync());
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public string DatabaseConnectionString(string database) => _database.ConnectionString(database);

    public Task<IConnection> ConnectToBrokerAsync() => _broker.ConnectAsync();

    /// <inheritdoc cref="PostgresServer.OpenAsync"/>
    public Task<NpgsqlConnection> OpenDatabaseAsync(string database) => _database.OpenAsync(database);

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenDatabaseAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string database, string sql)
    {
        await using var connection = await OpenDatabaseAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Replaces a database by a copy of another one, which nobody may be using.</summary>
    public async Task CopyDatabaseAsync(string template, string copy)
    {
        await ExecuteAsync(PostgresServer.DefaultDatabase, $"drop database if exists {copy} with (force)");
        await ExecuteAsync(PostgresServer.DefaultDatabase, $"create database {copy} template {template}");
    }

    /// <summary>Writes what is dirty, so that the next measurement does not pay for the last one's.</summary>
    public Task CheckpointAsync() => ExecuteAsync(PostgresServer.DefaultDatabase, "checkpoint");

    /// <summary>The bytes that have been written to the write-ahead log so far.</summary>
    public Task<long> LogPositionAsync() => QueryAsync<long>(PostgresServer.DefaultDatabase, "select (pg_current_wal_lsn() - '0/0')::bigint");

    public Task<string> DatabaseVersionAsync() => _database.VersionAsync();

    public Task<string> BrokerVersionAsync() => _broker.VersionAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }
}
