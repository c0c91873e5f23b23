using Npgsql;
using UserOrder.Processes.Servers;

namespace UserOrder.Tests.Faults;

/// <summary>A PostgreSQL that has every commit of another one.</summary>
internal static class SynchronousStandby
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts a copy of a server, whose commits wait for the copy from then on.</summary>
    /// <param name="primary">The connection string of the server's superuser.</param>
    /// <param name="port">The local port by which the copy reaches the server.</param>
    public static async Task<PostgresServer> StartAsync(string primary, int port)
    {
        var login = new NpgsqlConnectionStringBuilder(primary) { Pooling = false };
        await using var server = NpgsqlDataSource.Create(login);
        await ExecuteAsync(
            server,
            "copy (select 'host replication all 127.0.0.1/32 scram-sha-256') to program 'cat >> pg_hba.conf'",
            "select pg_reload_conf()");
        var standby = new PostgresServer((login.Password!, port));
        try
        {
            await standby.StartAsync();
            await ExecuteAsync(server, "alter system set synchronous_standby_names = '*'", "select pg_reload_conf()");
            await Until.TrueAsync(
                "the standby is synchronous",
                () => Sql.CountAsync(server, "select count(*) from pg_stat_replication where sync_state = 'sync'"),
                count => count == 1);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a primary of a standby whose primary is dead.</summary>
    public static async Task PromoteAsync(PostgresServer standby)
    {
        await using var connection = await standby.OpenAsync(PostgresServer.DefaultDatabase, Cancelled);
        await using var promote = new NpgsqlCommand("select pg_promote()", connection);
        Assert.Equal(true, await promote.ExecuteScalarAsync(Cancelled));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource server, params string[] statements)
    {
        foreach (var statement in statements)
        {
            await using var command = server.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(Cancelled);
        }
    }
}
