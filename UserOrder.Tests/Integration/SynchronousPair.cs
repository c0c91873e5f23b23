using Npgsql;
using UserOrder.Processes.Servers;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A PostgreSQL with a synchronous standby. Clients reach the current primary by a proxy.</summary>
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
            await pair.ExecuteAsync(
                $"create database {database}",
                "copy (select 'host replication all 127.0.0.1/32 scram-sha-256') to program 'cat >> pg_hba.conf'",
                "select pg_reload_conf()");
            pair._standby = new PostgresServer((pair._primary, pair._replication.Port));
            await pair._standby.StartAsync();
            await pair.ExecuteAsync("alter system set synchronous_standby_names = '*'", "select pg_reload_conf()");
            await using var primary = NpgsqlDataSource.Create(pair._primary.ConnectionString(PostgresServer.DefaultDatabase));
            await Until.TrueAsync(
                "the standby is synchronous",
                () => Sql.CountAsync(primary, "select count(*) from pg_stat_replication where sync_state = 'sync'"),
                count => count == 1);
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
        await using var standby = await _standby!.OpenAsync(PostgresServer.DefaultDatabase, TestContext.Current.CancellationToken);
        await using var promote = new NpgsqlCommand("select pg_promote()", standby);
        Assert.Equal(true, await promote.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        _clients!.LeadTo(_standby.Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _clients, _replication, _standby, _primary })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task ExecuteAsync(params string[] statements)
    {
        await using var primary = await _primary.OpenAsync(PostgresServer.DefaultDatabase, TestContext.Current.CancellationToken);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, primary);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
