using Npgsql;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>Statements of the services' roles that the real servers refuse.</summary>
public sealed class DatabasePrivilegeTests(RunningGraph graph) : IntegrationTest(graph)
{
    public static TheoryData<string, string> Forbidden { get; } = new(
        from login in new[] { "user-api-userdb", "order-api-orderdb" }
        from sql in new[]
        {
            "create role intruder",
            "create database intruder",
            "create table intruder (id integer)",
            "create temporary table intruder (id integer)",
            "create schema intruder",
            "create function intruder() returns integer language sql as 'select 1'",
            "drop table outbox",
            "truncate outbox",
            "select setval('outbox_positions', 1)",
            "alter table outbox add intruder integer",
            "create index intruder on outbox (type)",
            "delete from schema_migrations",
            "alter role current_user superuser",
            "set role postgres",
            "select rolpassword from pg_authid",
            "copy outbox to program 'cat'",
            "select pg_read_file('PG_VERSION')",
            "alter system set log_statement = 'all'",
        }
        select (login, sql));

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task The_database_refuses_all_but_the_tables_of_the_service(string login, string sql)
    {
        await using var database = await OpenDatabaseAsync(login);
        await using var command = database.CreateCommand(sql);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancelled));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Theory]
    [InlineData("user-api-userdb")]
    [InlineData("order-api-orderdb")]
    public async Task A_service_may_draw_the_position_of_an_event_with_an_ordering_key(string login)
    {
        var database = await OpenDatabaseAsync(login);

        Assert.InRange(await CountAsync(database, "select next_outbox_position('thing.happened.v1', 'tea')"), 1, long.MaxValue);
    }

    [Theory]
    [InlineData("user-api-userdb", "orderdb")]
    [InlineData("order-api-orderdb", "userdb")]
    public async Task A_service_cannot_log_in_to_the_server_of_the_other(string login, string other)
    {
        RequireOwnGraph();
        var own = new NpgsqlConnectionStringBuilder(await Graph.GetConnectionStringAsync(login, Cancelled));
        var foreign = new NpgsqlConnectionStringBuilder(await Graph.GetConnectionStringAsync(other, Cancelled))
        {
            Username = own.Username,
            Password = own.Password,
        };
        await using var database = Open(foreign.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(async () => await database.OpenConnectionAsync(Cancelled));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task The_running_service_connects_as_its_own_role()
    {
        await using var database = await OpenDatabaseAsync("userdb");

        const string sessions = "select count(*) from pg_stat_activity where datname = 'userdb' and usename = 'user_api'";
        Assert.True(await CountAsync(database, sessions) > 0);
    }
}
