using System.Net;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A service during a memory alarm of the broker, which then reads nothing from connections that publish.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class AlarmTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"alarm_{Guid.NewGuid():N}";

    private string Queue => $"{_name}.things";

    private string Letters => $"/admin/dead-letters/{Queue}";

    [Fact]
    public async Task An_unreadable_message_waits_during_an_alarm_and_its_queue_drains()
    {
        RequireOwnGraph();
        var reason = ServersOfThisMachine.ReasonToSkip();
        Assert.SkipWhen(reason is not null, reason ?? "");
        var alarm = new MemoryAlarm((LocalGraph)Graph);
        var database = await CreateDatabaseAsync(_name);
        var channel = await OpenChannelAsync();
        await using (await StartAsync(database))
        {
            await Until.TrueAsync("the queues exist", HasQueuesAsync, exists => exists);
        }

        await channel.BasicPublishAsync("", $"{Queue}.dead", mandatory: true, EventOf("dead"), Cancelled);
        await channel.BasicPublishAsync("", Queue, mandatory: true, "unreadable"u8.ToArray(), Cancelled);
        for (var i = 0; i < 20; i++)
        {
            await channel.BasicPublishAsync("", Queue, mandatory: true, EventOf($"event {i}"), Cancelled);
        }

        try
        {
            await alarm.RaiseAsync();
            await using (var service = await StartAsync(database))
            {
                await AssertDrainsAsync(service);
            }

            // The stopped consumer has returned only the message that it did not acknowledge.
            Assert.Equal(1u, await channel.MessageCountAsync(Queue, Cancelled));
        }
        finally
        {
            await alarm.LiftAsync();
        }

        await using var next = await StartAsync(database);
        await Until.EqualAsync("", "health has recovered", () => HealthAsync(next));

        // The broker may also store the copy that was on its way when the alarm began.
        await Until.TrueAsync(
            "the message is a dead letter", () => channel.MessageCountAsync($"{Queue}.dead", Cancelled), count => count >= 2);
        await Until.EqualAsync(0u, "the queue is empty", () => channel.MessageCountAsync(Queue, Cancelled));
    }

    private async Task AssertDrainsAsync(DeadLetterService service)
    {
        await Until.EqualAsync(20, "the events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        await Until.TrueAsync(
            "health names the alarm",
            () => HealthAsync(service),
            text => text.Contains("accepts no messages (low on memory)", StringComparison.Ordinal) &&
                text.Contains($"dead letters of {Queue}: ", StringComparison.Ordinal));
        Assert.Equal(1, service.Logs.CountOf($"The broker takes no dead letters of {Queue}"));

        using var replay = await service.Api.PostAsync($"{Letters}/replay", null, Cancelled);
        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "broker-unavailable", replay);
        using var list = await service.Api.GetAsync(Letters, Cancelled);
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.Single((await ReadAsync(list)).GetProperty("items").EnumerateArray());
    }

    private static byte[] EventOf(string name) =>
        TestEvents.Envelope(Guid.CreateVersion7(), "thing.happened.v1", new JsonObject { ["name"] = name });

    private async Task<DeadLetterService> StartAsync(string database) => await DeadLetterService.StartAsync(
        _name,
        database,
        new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)),
        new Dictionary<string, string?> { ["Messaging:ConsumerBatchSize"] = "2", ["Messaging:ConfirmTimeout"] = "00:00:02" },
        Cancelled);

    private async Task<bool> HasQueuesAsync()
    {
        var factory = new ConnectionFactory { Uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)) };
        await using var connection = await factory.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        try
        {
            return await channel.ConsumerCountAsync(Queue, Cancelled) > 0;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return false;
        }
    }

    private static async Task<string> HealthAsync(DeadLetterService service)
    {
        using var response = await service.Api.GetAsync("/health", Cancelled);
        var broker = (await ReadAsync(response)).GetProperty("checks").GetProperty("broker");
        return broker.TryGetProperty("description", out var description) ? description.GetString()! : "";
    }
}
