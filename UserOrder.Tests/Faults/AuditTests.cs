using Npgsql;
using RabbitMQ.Client;

namespace UserOrder.Tests.Faults;

/// <summary>The audit finds each planted error; otherwise an audit without findings would prove nothing.</summary>
[Collection(FaultyTests.Name)]
public sealed class AuditTests(FaultySystem system)
{
    private const string Queue = "user-api.order-placed";
    private const string ChangeEmail = "update users set email = 'x' || email where id = $1";
    private const string RestoreEmail = "update users set email = substr(email, 2) where id = $1";
    private const string RestoreCount = "update order_totals set order_count = 1 where user_id = $1";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A statement that corrupts the rows of a user with one order, the statement that repairs them, and the finding.</summary>
    public static TheoryData<string, string, string, string> Corruptions { get; } = new()
    {
        { "userdb", ChangeEmail, RestoreEmail, "lost: the user" },
        { "userdb", ChangeEmail, RestoreEmail, "no client requested the user x" },
        {
            "orderdb",
            "update orders set user_id = id where user_id = $1",
            "update orders set user_id = $1 where user_id = id",
            "lost: the order"
        },
        {
            "orderdb",
            "delete from known_users where id = $1",
            "insert into known_users values ($1)",
            "lost: OrderApi does not know the user"
        },
        { "userdb", "update order_totals set order_count = 2 where user_id = $1", RestoreCount, "duplicated: the user" },
        { "userdb", "update order_totals set order_count = 0 where user_id = $1", RestoreCount, "lost: the user" },
        { "orderdb", "insert into inbox values ($1, 'a queue', now())", "delete from inbox where event_id = $1", "duplicated: " },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public async Task The_audit_finds_each_corruption_of_a_database(string database, string corruption, string repair, string finding)
    {
        system.RequireServers();
        var userId = await CreateUserWithOrderAsync();
        system.Ledger.Restored[userId] = true;
        await ExecuteAsync(database, corruption, userId);
        try
        {
            var result = await new Audit(system).CheckAsync();
            Assert.Contains(finding, result.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            await ExecuteAsync(database, repair, userId);
        }
    }

    [Fact]
    public async Task The_audit_finds_a_missing_and_an_unexpected_dead_letter()
    {
        system.RequireServers();
        var (missing, unexpected) = ($"{Guid.NewGuid()}", $"{Guid.NewGuid()}");
        system.Ledger.Poison[missing] = Queue;
        await using (var connection = await system.ConnectToBrokerAsync())
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await channel.BasicPublishAsync(
                "", $"{Queue}.dead", mandatory: true, new BasicProperties { MessageId = unexpected }, new byte[1], Cancelled);
        }

        await Until.TrueAsync(
            "the audit finds both",
            async () => (await new Audit(system).CheckAsync()).ToString(),
            result => result.Contains(missing, StringComparison.Ordinal) && result.Contains(unexpected, StringComparison.Ordinal));
        system.Ledger.Poison.TryRemove(missing, out _);
        system.Ledger.DeadLetters.TryRemove(unexpected, out _);
    }

    private async Task<Guid> CreateUserWithOrderAsync()
    {
        using var client = new Client(system);
        var userId = await new Probe(system, client).RunAsync(FaultySystem.UserApis[0], FaultySystem.OrderApis[0]);
        Assert.Equal(0, (await new Audit(system).CheckWhenQuietAsync()).Findings);
        return userId;
    }

    private async Task ExecuteAsync(string database, string sql, Guid userId)
    {
        await using var command = (database == "userdb" ? system.UserDb : system.OrderDb).CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = userId });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancelled));
    }
}
