using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Operators pause and resume a consumer and the relay of a service with two replicas.</summary>
public sealed partial class PauseTests(RunningGraph graph) : DeadLetterTest(graph)
{
    private const string Relay = "/admin/relay";

    // Queue and outbox must not count as stalled during a pause, so the tests wait longer than this.
    private static readonly (string Key, string Value) ProgressTimeout = ("Messaging:ProgressTimeout", "00:00:01");

    private static readonly string[] Names = [.. Enumerable.Range(0, 20).Select(i => $"thing-{i}")];

    private string Consumer => $"/admin/consumers/{Queue}";

    [Fact]
    public async Task A_paused_consumer_stops_in_every_replica_and_applies_each_event_once_after_the_resume()
    {
        await using var one = await StartAsync(ProgressTimeout);
        await using var other = await StartAsync(ProgressTimeout);
        await PublishAsync("before");
        await WaitUntilHandledAsync(1, one, other);

        await SetAsync(one, $"{Consumer}/pause");
        await WaitForConsumersAsync(0);
        await PublishAsync(Names);
        await WaitForMessagesAsync(Names.Length);
        foreach (var replica in new[] { one, other })
        {
            await Until.EqualAsync(
                Names.Length, "the replica has counted the messages", () => Task.FromResult((int)replica.ConsumedQueue(Queue).Waiting));
            var (status, description) = await CheckAsync(replica, "consumers");
            Assert.Equal("Healthy", status);
            Assert.Matches($@"^{Queue}: paused by an unknown caller since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ\.$", description);
            Assert.Equal(
                new Dictionary<string, int> { [Queue] = 1, ["relay"] = 0 }, Gauges.Read<int>(replica.Meters, "userorder.paused"));
            Assert.Equal(1, replica.Logs.Count($"An operator paused {Queue}"));
        }

        Assert.Single(HandledBy(one, other));
        await SetAsync(other, $"{Consumer}/resume");

        await WaitUntilHandledAsync(1 + Names.Length, one, other);
        Assert.Equal(Names.Append("before").Order(), HandledBy(one, other).Order());
        await WaitForConsumersAsync(2);
        Assert.Equal(1, one.Logs.Count($"An operator resumed {Queue}"));
        await Until.EqualAsync(("Healthy", null), "health shows the resume", () => CheckAsync(one, "consumers"));
    }

    [Fact]
    public async Task A_paused_consumer_finishes_the_messages_that_it_has()
    {
        await using var service = await StartAsync();
        var gate = new TaskCompletionSource();
        service.Handler.WaitFor(gate.Task);
        await PublishAsync(Names);
        await WaitForMessagesAsync(0);

        await SetAsync(service, $"{Consumer}/pause");
        await Until.EqualAsync(1, "the replica knows", () => Task.FromResult(service.Logs.Count($"An operator paused {Queue}")));
        Assert.Empty(service.Handler.Handled);
        gate.SetResult();

        // The broker counts a cancelled consumer until its last message is settled.
        await WaitForConsumersAsync(0);
        await WaitUntilHandledAsync(Names.Length, service);
        await PublishAsync("late");
        await WaitForMessagesAsync(1);
        Assert.Equal(Names.Order(), service.Handler.Handled.Order());
    }

    [Fact]
    public async Task A_restarted_service_stays_paused_and_declares_its_queue()
    {
        await using (var service = await StartAsync())
        {
            await SetAsync(service, $"{Consumer}/pause");
            await SetAsync(service, $"{Relay}/pause");
        }

        await using var restarted = await StartAsync(await BrokerAsync());
        await Until.EqualAsync(1, "the replica knows", () => Task.FromResult(restarted.Logs.Count($"An operator paused {Queue}")));
        await restarted.ConsumedQueue(Queue).Declared.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        await PublishAsync("tea");
        await WriteAsync(restarted, "coffee");
        await Until.TrueAsync(
            "the broker is connected", () => CheckAsync(restarted, "broker"), check => check == ("Healthy", null));
        await WaitForMessagesAsync(1);
        Assert.Equal(1, await CountAsync(restarted.Database, "select count(*) from outbox"));
        Assert.Equal(0, restarted.Logs.Count("Consuming from"));
        await Until.EqualAsync(("Healthy", "none"), "dead letters are counted", () => CheckAsync(restarted, "dead-letters"));

        await SetAsync(restarted, $"{Relay}/resume");
        await WaitForMessagesAsync(2);
        await SetAsync(restarted, $"{Consumer}/resume");
        await WaitUntilHandledAsync(2, restarted);
    }

    [Fact]
    public async Task A_broker_outage_during_a_pause_does_not_end_it()
    {
        await using var service = await StartAsync();
        await SetAsync(service, $"{Consumer}/pause");
        await SetAsync(service, $"{Relay}/pause");
        await WaitForConsumersAsync(0);
        await Graph.StopAsync("rabbitmq", Cancelled);
        try
        {
            await Until.TrueAsync(
                "health shows the outage", () => CheckAsync(service, "broker"), check => check.Status == "Degraded");
            await WriteAsync(service, "tea");
        }
        finally
        {
            await Graph.StartAsync("rabbitmq", Cancelled);
        }

        await Until.TrueAsync("health shows the recovery", () => CheckAsync(service, "broker"), check => check.Status == "Healthy");
        Assert.Equal(1, await CountAsync(service.Database, "select count(*) from outbox"));
        await WaitForConsumersAsync(0);

        await SetAsync(service, $"{Relay}/resume");
        await WaitForMessagesAsync(1);
        await SetAsync(service, $"{Consumer}/resume");
        await WaitUntilHandledAsync(1, service);
    }

    [Fact]
    public async Task A_paused_relay_keeps_the_events_of_every_replica_in_the_outbox()
    {
        await using var one = await StartAsync(ProgressTimeout);
        await using var other = await StartAsync(ProgressTimeout);
        await SetAsync(one, $"{Relay}/pause");
        foreach (var replica in new[] { one, other })
        {
            await Until.EqualAsync(1, "the replica knows", () => Task.FromResult(replica.Logs.Count("An operator paused relay")));
        }

        await WriteAsync(one, Names[..10]);
        await WriteAsync(other, Names[10..]);
        await Until.TrueAsync(
            "health shows waiting events that are older than the timeout",
            () => CheckAsync(other, "outbox"),
            check => Waiting().IsMatch(check.Description!));
        var (status, description) = await CheckAsync(other, "outbox");
        Assert.Equal("Healthy", status);
        Assert.Matches(@"; the relay is paused by an unknown caller since \S+ \S+Z$", description);
        Assert.Equal(Names.Length, await CountAsync(one.Database, "select count(*) from outbox"));
        Assert.Empty(HandledBy(one, other));

        await SetAsync(other, $"{Relay}/resume");

        await WaitUntilHandledAsync(Names.Length, one, other);
        Assert.Equal(Names.Order(), HandledBy(one, other).Order());
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(one.Database, "select count(*) from outbox"));
    }

    [Fact]
    public async Task A_relay_that_is_paused_and_resumed_under_load_loses_no_event()
    {
        await using var service = await StartAsync();
        await using var writer = service.Outbox.CreateGroupCommit<OutboxMessage, bool>(
            "INSERT things",
            eventOf: message => message,
            isWritten: result => result,
            async (messages, connection, cancellationToken) =>
            {
                await using var command = new NpgsqlCommand(OutboxStore.Insert, connection);
                OutboxStore.AddParameters(command, messages);
                await command.ExecuteNonQueryAsync(cancellationToken);
                return [.. messages.Select(_ => true)];
            });
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var written = WriteUntilAsync(service.Outbox, writer, enough.Token);

        for (var cycle = 1; cycle <= 2; cycle++)
        {
            await SetAsync(service, $"{Relay}/pause");
            await Until.EqualAsync(
                cycle, "the relay is paused", () => Task.FromResult(service.Logs.Count("An operator paused relay")));
            await Until.TrueAsync(
                "the outbox grows", () => CountAsync(service.Database, "select count(*) from outbox"), count => count > 100);
            await SetAsync(service, $"{Relay}/resume");
            await Until.EqualAsync(
                cycle, "the relay is resumed", () => Task.FromResult(service.Logs.Count("An operator resumed relay")));
        }

        await enough.CancelAsync();
        var names = await written;

        await WaitUntilHandledAsync(names.Count, service);
        Assert.Equal(names.Order(), service.Handler.Handled.Order());
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(service.Database, "select count(*) from outbox"));
    }

    [Fact]
    public async Task A_repetition_changes_nothing_and_the_list_shows_the_relay_and_each_consumer()
    {
        await using var service = await StartAsync();
        Assert.Equal(
            [new Pause("relay", IsPaused: false, Since: null, By: null), new Pause(Queue, IsPaused: false, Since: null, By: null)],
            await ListAsync(service));

        var paused = await SetAsync(service, $"{Consumer}/pause");
        var again = await SetAsync(service, $"{Consumer}/pause");
        Assert.True(paused.IsPaused);
        Assert.Equal(paused, again);
        Assert.Equal(paused, (await ListAsync(service))[1]);

        var resumed = await SetAsync(service, $"{Consumer}/resume");
        Assert.False(resumed.IsPaused);
        Assert.True(resumed.Since >= paused.Since);
        Assert.Equal(resumed, await SetAsync(service, $"{Consumer}/resume"));

        using var unknown = await service.Api.PostAsync("/admin/consumers/nowhere/pause", null, Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", unknown);
        using var read = await service.Api.GetAsync($"{Consumer}/pause", Cancelled);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, read.StatusCode);
    }

    [Fact]
    public async Task The_OpenAPI_document_describes_the_endpoints()
    {
        await using var service = await StartAsync();

        var paths = (await GetAsync(service, "/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.EnumerateObject().First().Value.GetProperty("tags")[0].GetString() == "Pauses").ToList();

        Assert.Equal(
            [
                "/admin/consumers/{queue}/pause",
                "/admin/consumers/{queue}/resume",
                "/admin/paused",
                "/admin/relay/pause",
                "/admin/relay/resume",
            ],
            paths.Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.All(
            paths.SelectMany(path => path.Value.EnumerateObject()),
            operation =>
            {
                Assert.Equal("Pauses", operation.Value.GetProperty("tags")[0].GetString());
                Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
                Assert.True(operation.Value.GetProperty("responses").TryGetProperty("503", out _));
            });
    }

    private static List<string> HandledBy(params DeadLetterService[] replicas) =>
        [.. replicas.SelectMany(replica => replica.Handler.Handled)];

    private static Task<int> WaitUntilHandledAsync(int count, params DeadLetterService[] replicas) =>
        Until.EqualAsync(count, $"{count} events were handled", () => Task.FromResult(HandledBy(replicas).Count));

    private static async Task WriteAsync(DeadLetterService service, params string[] names)
    {
        await using var transaction = await service.Outbox.BeginTransactionAsync(Cancelled);
        await transaction.WriteAsync(
            [.. names.Select(name => service.Outbox.CreateMessage(Thing.Happened, name, new Thing(name)))], Cancelled);
        await transaction.CommitAsync(Cancelled);
    }

    /// <summary>Writes events one after the other until the token ends it.</summary>
    /// <returns>Their names.</returns>
    private static async Task<List<string>> WriteUntilAsync(
        EventOutbox outbox, GroupCommit<OutboxMessage, bool> writer, CancellationToken enough)
    {
        var names = new List<string>();
        while (!enough.IsCancellationRequested)
        {
            var name = $"thing-{names.Count}";
            await writer.WriteAsync(outbox.CreateMessage(Thing.Happened, name, new Thing(name)), Cancelled);
            names.Add(name);
        }

        return names;
    }

    private static async Task<Pause> SetAsync(DeadLetterService service, string path)
    {
        using var response = await service.Api.PostAsync(path, null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Read(await ReadAsync(response));
    }

    private static async Task<IReadOnlyList<Pause>> ListAsync(DeadLetterService service) =>
        [.. (await GetAsync(service, "/admin/paused")).GetProperty("items").EnumerateArray().Select(Read)];

    private static Pause Read(JsonElement item) => new(
        item.GetProperty("name").GetString()!,
        item.GetProperty("isPaused").GetBoolean(),
        item.GetProperty("since") is { ValueKind: JsonValueKind.String } since ? since.GetDateTimeOffset() : null,
        item.GetProperty("by").GetString());

    private static async Task<(string? Status, string? Description)> CheckAsync(DeadLetterService service, string name)
    {
        using var response = await service.Api.GetAsync("/health", Cancelled);
        var check = (await ReadAsync(response)).GetProperty("checks").GetProperty(name);
        return (check.GetProperty("status").GetString(), check.TryGetProperty("description", out var text) ? text.GetString() : null);
    }

    private async Task WaitForConsumersAsync(uint count)
    {
        var channel = await OpenChannelAsync();
        await Until.EqualAsync(count, $"{count} replicas consume", () => channel.ConsumerCountAsync(Queue, Cancelled));
    }

    private async Task WaitForMessagesAsync(int count)
    {
        var channel = await OpenChannelAsync();
        await Until.EqualAsync((uint)count, $"{count} messages wait", () => channel.MessageCountAsync(Queue, Cancelled));
    }

    [GeneratedRegex(@"^20 events wait, the oldest for ([3-9]|\d\d+) s")]
    private static partial Regex Waiting();

    private sealed record Pause(string Name, bool IsPaused, DateTimeOffset? Since, string? By);
}
