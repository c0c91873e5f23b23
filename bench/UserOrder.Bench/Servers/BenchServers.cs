using System.Text;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Bench.Processes;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.Bench.Servers;

/// <summary>One private RabbitMQ and one private PostgreSQL, which all contestants share, one after the other.</summary>
internal sealed class BenchServers : IAsyncDisposable
{
    private const string Broker = "rabbitmq";
    private const string Database = "postgres";

    private readonly ManifestGraph _graph;

    private BenchServers(ManifestGraph graph) => _graph = graph;

    public string BrokerUri => _graph.GetConnectionString(Broker);

    public double BrokerCpuSeconds => ProcFile.CpuSecondsOfFamily(_graph.GetProcessId(Broker));

    public double DatabaseCpuSeconds => ProcFile.CpuSecondsOfFamily(_graph.GetProcessId(Database));

    public static async Task<BenchServers> StartAsync() =>
        new(await ManifestGraph.StartAsync(
            new ManifestGraphOptions
            {
                ManifestPath = Path.Combine(AppContext.BaseDirectory, "Servers", "servers.json"),
                EphemeralPorts = true,
            },
            CancellationToken.None));

    public string DatabaseConnectionString(string database) => $"{_graph.GetConnectionString(Database)};Database={database}";

    public Task<IConnection> ConnectToBrokerAsync() =>
        new ConnectionFactory { Uri = new Uri(BrokerUri), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    /// <summary>Opens a connection that is not kept, so that no database has one when it is dropped.</summary>
    public async Task<NpgsqlConnection> OpenDatabaseAsync(string database)
    {
        var connection = new NpgsqlConnection($"{DatabaseConnectionString(database)};Pooling=false;Command Timeout=300");
        await connection.OpenAsync();
        return connection;
    }

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
        await ExecuteAsync(Database, $"drop database if exists {copy} with (force)");
        await ExecuteAsync(Database, $"create database {copy} template {template}");
    }

    /// <summary>Writes what is dirty, so that the next measurement does not pay for the last one's.</summary>
    public Task CheckpointAsync() => ExecuteAsync(Database, "checkpoint");

    /// <summary>The bytes that have been written to the write-ahead log so far.</summary>
    public Task<long> LogPositionAsync() => QueryAsync<long>(Database, "select (pg_current_wal_lsn() - '0/0')::bigint");

    public Task<string> DatabaseVersionAsync() => QueryAsync<string>(Database, "select split_part(current_setting('server_version'), ' ', 1)");

    public async Task<string> BrokerVersionAsync()
    {
        await using var connection = await ConnectToBrokerAsync();
        return Encoding.ASCII.GetString((byte[])connection.ServerProperties!["version"]!);
    }

    public ValueTask DisposeAsync() => _graph.DisposeAsync();
}
