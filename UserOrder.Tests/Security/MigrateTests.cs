using Npgsql;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Security;

/// <summary>A service needs the owner's login to migrate, but not to run. Each test has its own database and role.</summary>
public sealed class MigrateTests(RunningGraph graph) : IntegrationTest(graph), IAsyncLifetime
{
    private readonly string _name = $"migrate_{Guid.NewGuid():N}";
    private readonly string _password = Guid.NewGuid().ToString("N");

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        RequireOwnGraph();
        await ExecuteAsync(await OpenDatabaseAsync("userdb"), $"create database {_name}");
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Graph.RunsElsewhere is null)
        {
            var server = await OpenDatabaseAsync("userdb");
            await ExecuteAsync(server, $"drop database if exists {_name} with (force)");
            await ExecuteAsync(server, $"drop role if exists {_name}");
        }

        await DisposeAsync();
    }

    [Fact]
    public async Task The_migrate_command_runs_as_the_owner_and_exits()
    {
        var (exitCode, output) = await MigrateAsync(owner: true);

        Assert.True(exitCode == 0, output);
        var database = Open((await RuntimeAsync()).ConnectionString);
        Assert.Equal(0, await CountAsync(database, "select count(*) from outbox"));
        Assert.Equal(0, await CountAsync(database, "select count(*) from users"));
        await using var create = database.CreateCommand("create table intruder (id integer)");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => create.ExecuteNonQueryAsync(Cancelled));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task A_migrated_database_needs_no_owner_login()
    {
        Assert.Equal(0, (await MigrateAsync(owner: true)).ExitCode);

        var (exitCode, output) = await MigrateAsync(owner: false);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task An_unmigrated_database_stops_the_start_and_the_error_names_the_owner_login()
    {
        await ExecuteAsync(await OpenDatabaseAsync("userdb"), $"create role {_name} login password '{_password}'");
        await ExecuteAsync(await AdministratorAsync(), "revoke create on schema public from public");

        var (exitCode, output) = await MigrateAsync(owner: false);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("ConnectionStrings:<name>-owner", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_refuses_to_run_as_a_role_with_more_rights()
    {
        await ExecuteAsync(await OpenDatabaseAsync("userdb"), $"create role {_name} login createrole");

        var (exitCode, output) = await MigrateAsync(owner: true);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("may do more than use its tables", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_role_of_another_service_cannot_connect()
    {
        Assert.Equal(0, (await MigrateAsync(owner: true)).ExitCode);
        var other = await Graph.GetConnectionStringAsync("user-api-userdb", Cancelled);
        var database = Open(new NpgsqlConnectionStringBuilder(other) { Database = _name }.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(async () => await database.OpenConnectionAsync(Cancelled));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task The_next_migration_sets_the_configured_password()
    {
        Assert.Equal(0, (await MigrateAsync(owner: true)).ExitCode);
        var runtime = await RuntimeAsync();
        await ExecuteAsync(Open(runtime.ConnectionString), "select 1");
        await ExecuteAsync(await OpenDatabaseAsync("userdb"), $"alter role {_name} password 'another'");

        Assert.Equal(0, (await MigrateAsync(owner: true)).ExitCode);

        await ExecuteAsync(Open($"{runtime.ConnectionString};Pooling=false"), "select 1");
    }

    private async Task<(int ExitCode, string Output)> MigrateAsync(bool owner)
    {
        var environment = new Dictionary<string, string>
        {
            ["Security__Open"] = "true",
            ["ConnectionStrings__userdb"] = (await RuntimeAsync()).ConnectionString,
            ["ConnectionStrings__rabbitmq"] = await Graph.GetConnectionStringAsync("user-api-rabbitmq", Cancelled),
        };
        if (owner)
        {
            var broker = new UriBuilder(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled))
            {
                Scheme = "http",
                Port = Graph.GetUrl("rabbitmq", "management").Port,
            };
            environment["ConnectionStrings__userdb-owner"] = await AdministratorStringAsync();
            environment["ConnectionStrings__rabbitmq-management"] = broker.Uri.AbsoluteUri;
        }

        return await ServiceProgram.RunUntilItEndsAsync("user-api", environment, "--migrate");
    }

    private async Task<NpgsqlConnectionStringBuilder> RuntimeAsync() =>
        new(await AdministratorStringAsync()) { Username = _name, Password = _password };

    private async Task<NpgsqlDataSource> AdministratorAsync() => Open(await AdministratorStringAsync());

    private async Task<string> AdministratorStringAsync() =>
        new NpgsqlConnectionStringBuilder(await Graph.GetConnectionStringAsync("userdb", Cancelled)) { Database = _name }.ConnectionString;

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
