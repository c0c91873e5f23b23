using Npgsql;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>An abandoned transaction holds up only the events whose locks it has, and only for some seconds.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class LockTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"locks_{Guid.NewGuid():N}";

    [Fact]
    public async Task Events_pass_one_that_is_locked_and_the_server_ends_the_idle_transaction_that_locks_it()
    {
        RequireOwnGraph();
        await using var service = await DeadLetterService.StartAsync(
            _name,
            await CreateDatabaseAsync(_name),
            new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)),
            new Dictionary<string, string?> { ["Messaging:ConfirmTimeout"] = "00:00:04" },
            Cancelled);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(service.Logs.Count($"Consuming from {_name}.things")));
        var locked = Guid.CreateVersion7();
        await using var connection = await service.Database.OpenConnectionAsync(Cancelled);
        await using var transaction = await connection.BeginTransactionAsync(Cancelled);
        var row = $"insert into inbox values ('{locked}', '{_name}.things', now())";
        await using (var insert = new NpgsqlCommand(row, connection, transaction))
        {
            await insert.ExecuteNonQueryAsync(Cancelled);
        }

        await PublishThingAsync(_name, "locked", locked);
        await Until.EqualAsync(
            1, "the event waits for the lock", () => CountAsync(service.Database, RivalReplica.CountOfBlockedStatements));
        await PublishThingAsync(_name, "free");

        await Until.EqualAsync(2, "both were handled", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(["free", "locked"], service.Handler.Handled);
        Assert.Equal(2, await CountAsync(service.Database, "select count(*) from inbox"));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync(Cancelled));
    }

    [Theory]
    [InlineData("user-api-userdb")]
    [InlineData("order-api-orderdb")]
    public async Task The_sessions_of_a_service_are_limited(string login)
    {
        var database = await OpenDatabaseAsync(login);
        await using var command = database.CreateCommand(
            """
            select current_setting('idle_in_transaction_session_timeout'), current_setting('lock_timeout'),
              current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'), current_setting('tcp_keepalives_count'),
              current_setting('tcp_user_timeout')
            """);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        await reader.ReadAsync(Cancelled);

        Assert.Equal(["15s", "5s", "10", "5", "3", "25000"], Enumerable.Range(0, reader.FieldCount).Select(reader.GetString));
    }
}
