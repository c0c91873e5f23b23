using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Health shows that nothing moves, although database and broker answer.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class StallTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"stall_{Guid.NewGuid():N}";

    [Fact]
    public async Task A_queue_whose_messages_wait_for_a_lock_is_degraded_until_they_take_effect()
    {
        RequireOwnGraph();
        await using var service = await StartAsync();
        await using var connection = await service.Database.OpenConnectionAsync(Cancelled);
        await using var transaction = await connection.BeginTransactionAsync(Cancelled);
        await using var hold = new NpgsqlCommand(
            "set local idle_in_transaction_session_timeout = 0; lock table inbox in exclusive mode", connection, transaction);
        await hold.ExecuteNonQueryAsync(Cancelled);

        await PublishThingAsync(_name, "tea");
        var stalled = await Until.TrueAsync(
            "health shows that the queue does not move", () => CheckAsync(service, "consumers"), check => check.Status == "Degraded");
        Assert.Matches($@"^{_name}\.things: messages wait \(1\), none was settled for \d+ s\.$", stalled.Description);
        Assert.Equal("Healthy", (await CheckAsync(service, "database")).Status);
        Assert.Equal("Healthy", (await CheckAsync(service, "broker")).Status);

        await transaction.RollbackAsync(Cancelled);
        await Until.EqualAsync(1, "the event was handled", () => Task.FromResult(service.Handler.Handled.Count));
        await Until.TrueAsync(
            "health shows the recovery", () => CheckAsync(service, "consumers"), check => check.Status == "Healthy");
    }

    [Fact]
    public async Task An_outbox_that_no_event_leaves_is_degraded_until_one_does()
    {
        RequireOwnGraph();
        await using var service = await StartAsync();
        await using (var insert = service.Database.CreateCommand(
            "insert into outbox (id, type, body, available_at) values ($1, 'thing.unrouted.v1', '{}', now())"))
        {
            insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
            await insert.ExecuteNonQueryAsync(Cancelled);
        }

        var stalled = await Until.TrueAsync(
            "health shows that the outbox does not move", () => CheckAsync(service, "outbox"), check => check.Status == "Degraded");
        Assert.Matches(@"^1 events wait, the oldest for \d+ s; none has left for \d+ s$", stalled.Description);

        var channel = await OpenChannelAsync();
        var queue = await channel.QueueDeclareAsync(cancellationToken: Cancelled);
        await channel.QueueBindAsync(queue.QueueName, _name, "thing.unrouted.v1", cancellationToken: Cancelled);
        await Until.TrueAsync(
            "health shows the recovery", () => CheckAsync(service, "outbox"), check => check.Status == "Healthy");
        Assert.Equal(0, await CountAsync(service.Database, "select count(*) from outbox"));
    }

    private static async Task<(string? Status, string? Description)> CheckAsync(DeadLetterService service, string name)
    {
        using var response = await service.Api.GetAsync("/health", Cancelled);
        var check = (await ReadAsync(response)).GetProperty("checks").GetProperty(name);
        return (check.GetProperty("status").GetString(), check.TryGetProperty("description", out var text) ? text.GetString() : null);
    }

    private async Task<DeadLetterService> StartAsync()
    {
        var service = await DeadLetterService.StartAsync(
            _name,
            await CreateDatabaseAsync(_name),
            new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)),
            new Dictionary<string, string?> { ["Messaging:ProgressTimeout"] = "00:00:02" },
            Cancelled);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(service.Logs.Count($"Consuming from {_name}.things")));
        return service;
    }
}
