using Npgsql;
using UserOrder.Processes.Servers;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A PostgreSQL with a synchronous standby. Clients reach the current primary by a proxy or by both addresses.</summary>
internal sealed class SynchronousPair : IAsyncDisposable
{
    private readonly PostgresServer _primary = new();
    private TcpProxy? _clients;
    private TcpProxy? _replication;
    private PostgresServer? _standby;

    /// <summary>Starts both servers with an empty database of this name.</summary>
    public static async Task<SynchronousPair> StartAsync(string database)
    {
        var pair = new SynchronousPair();
        try
        {
            await pair._primary.StartAsync();
            pair._clients = new TcpProxy("localhost", pair._primary.Port);
            pair._replication = new TcpProxy("localhost", pair._primary.Port);
            await using (var primary = await pair._primary.OpenAsync(PostgresServer.DefaultDatabase, TestContext.Current.CancellationToken))
            {
                await using var create = new NpgsqlCommand($"create database {database}", primary);
                await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            pair._standby = await SynchronousStandby.StartAsync(
                pair._primary.ConnectionString(PostgresServer.DefaultDatabase), pair._replication.Port);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of the current primary.</summary>
    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(_primary.ConnectionString(database)) { Port = _clients!.Port }.ConnectionString;

    /// <summary>A connection string with the addresses of both, of which the driver finds the current primary.</summary>
    public string ConnectionStringOfBoth(string database) => new NpgsqlConnectionStringBuilder(_primary.ConnectionString(database))
    {
        Host = $"127.0.0.1:{_primary.Port},127.0.0.1:{_standby!.Port}",
        TargetSessionAttributes = "read-write",
    }.ConnectionString;

    /// <summary>Loses the packets between the two.</summary>
    public void Separate() => _replication!.Mode = ProxyMode.Stall;

    /// <summary>Waits until the commit of a statement waits for the standby and an expression about its process is true.</summary>
    public async Task OnWaitAsync(string database, string statement, string action = "true")
    {
        await using var primary = NpgsqlDataSource.Create(_primary.ConnectionString(PostgresServer.DefaultDatabase));
        await Until.TrueAsync(
            "a commit waits for the standby",
            () => Sql.CountAsync(
                primary,
                $"""
                select count(*) from
                  (select pid from pg_stat_activity where datname = $1 and wait_event = 'SyncRep' and query ilike $2 offset 0) as waiting
                where {action}
                """,
                database,
                $"{statement}%"),
            count => count == 1);
    }

    /// <summary>Kills the primary, promotes the standby and leads the clients to it.</summary>
    public async Task FailOverAsync()
    {
        _replication!.Mode = ProxyMode.Reset;
        await _primary.KillAsync();
        await SynchronousStandby.PromoteAsync(_standby!);
        _clients!.LeadTo(_standby!.Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _clients, _replication, _standby, _primary })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
