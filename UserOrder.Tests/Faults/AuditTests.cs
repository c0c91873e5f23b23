using Npgsql;
using RabbitMQ.Client;

namespace UserOrder.Tests.Faults;

/// <summary>The audit itself: what is made wrong on purpose it has to find, or its silence would prove nothing.</summary>
[Collection(FaultyTests.Name)]
public sealed class AuditTests(FaultySystem system)
{
    private const string Queue = "user-api.order-placed";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>What is done to the rows of a user with one order, how it is undone, and what is to be found between.</summary>
    public static TheoryData<string, string, string, string> Corruptions { get; } = new()
    {
        { "userdb", "update users set email = 'x' || email where id = $1", "update users set email = substr(email, 2) where id = $1", "lost: the user" },
        { "userdb", "update users set email = 'x' || email where id = $1", "update users set email = substr(email, 2) where id = $1", "nobody asked for the user x" },
        { "orderdb", "update orders set user_id = id where user_id = $1", "update orders set user_id = $1 where user_id = id", "lost: the order" },
        { "orderdb", "delete from known_users where id = $1", "insert into known_users values ($1)", "lost: OrderApi does not know the user" },
        { "userdb", "update order_totals set order_count = 2 where user_id = $1", "update order_totals set order_count = 1 where user_id = $1", "duplicated: the user" },
        { "userdb", "update order_totals set order_count = 0 where user_id = $1", "update order_totals set order_count = 1 where user_id = $1", "lost: the user" },
        { "orderdb", "insert into inbox values ($1, 'a queue', now())", "delete from inbox where event_id = $1", "duplicated: " },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public async Task The_audit_finds_each_corruption_of_a_database(string database, string wrong, string undo, string finding)
    {
        system.RequireServers();
        var userId = await CreateUserWithOrderAsync();
        await ExecuteAsync(database, wrong, userId);
        try
        {
            var result = await new Audit(system).CheckAsync();
            Assert.Contains(finding, result.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            await ExecuteAsync(database, undo, userId);
        }
    }

    [Fact]
    public async Task The_audit_finds_a_missing_and_an_unexpected_dead_letter()
    {
        system.RequireServers();
        var (missing, strange) = ($"{Guid.NewGuid()}", $"{Guid.NewGuid()}");
        system.Ledger.Poison[missing] = Queue;
        await using (var connection = await system.ConnectToBrokerAsync())
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await channel.BasicPublishAsync("", $"{Queue}.dead", mandatory: true, new BasicProperties { MessageId = strange }, new byte[1], Cancelled);
        }

        await Until.TrueAsync(
            "the audit finds both",
            async () => (await new Audit(system).CheckAsync()).ToString(),
            result => result.Contains(missing, StringComparison.Ordinal) && result.Contains(strange, StringComparison.Ordinal));
        system.Ledger.Poison.TryRemove(missing, out _);
        system.Ledger.DeadLetters.TryRemove(strange, out _);
    }

    private async Task<Guid> CreateUserWithOrderAsync()
    {
        using var client = new Client(system);
        var userId = await new Recovery(system, client).ProbeAsync(FaultySystem.UserApis[0], FaultySystem.OrderApis[0]);
        var audit = new Audit(system);
        await audit.WaitForQuietAsync();
        Assert.Equal(0, (await audit.CheckAsync()).Findings);
        return userId;
    }

    private async Task ExecuteAsync(string database, string sql, Guid userId)
    {
        await using var command = (database == "userdb" ? system.UserDb : system.OrderDb).CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = userId });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancelled));
    }
}
