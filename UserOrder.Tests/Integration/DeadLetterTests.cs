using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>The operators' endpoints for dead letters: list, inspect, replay, discard.</summary>
public sealed class DeadLetterTests(RunningGraph graph) : DeadLetterTest(graph)
{
    [Fact]
    public async Task A_service_without_the_endpoints_does_not_describe_them()
    {
        using var response = await UserApi.GetAsync("/admin/dead-letters", Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", response);

        using var document = await UserApi.GetAsync("/openapi/v1.json", Cancelled);
        Assert.DoesNotContain("/admin", await document.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_OpenAPI_document_describes_the_enabled_endpoints()
    {
        await using var service = await StartAsync();

        var paths = (await GetAsync(service, "/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.EnumerateObject().First().Value.GetProperty("tags")[0].GetString() != "Pauses").ToList();

        Assert.Equal(
            [
                "/admin/audit",
                "/admin/dead-letters",
                "/admin/dead-letters/{queue}",
                "/admin/dead-letters/{queue}/export",
                "/admin/dead-letters/{queue}/replay",
                "/admin/dead-letters/{queue}/{id}",
                "/admin/dead-letters/{queue}/{id}/edit",
                "/admin/dead-letters/{queue}/{id}/replay",
                "/admin/events",
                "/admin/status",
                "/admin/status/stream",
            ],
            paths.Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.All(
            paths.SelectMany(path => path.Value.EnumerateObject()),
            operation =>
            {
                Assert.NotEmpty(operation.Value.GetProperty("tags")[0].GetString()!);
                Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
                var responses = operation.Value.GetProperty("responses");
                var id = operation.Value.GetProperty("operationId").GetString();
                Assert.Equal(id != "readStatus", responses.TryGetProperty("503", out _));
                Assert.Equal(operation.Name is "post" or "delete", responses.TryGetProperty("403", out _));
            });
    }

    [Fact]
    public async Task The_list_shows_the_reason_and_a_cut_body_and_a_single_dead_letter_shows_all()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        byte[] binary = [0xff, 0xfe, 0x00];
        var large = $"[{new string('é', 5000)}";
        var properties = new BasicProperties { MessageId = "m-1", Type = "thing.happened.v1" };
        await channel.BasicPublishAsync("", Queue, mandatory: true, properties, binary, Cancelled);
        await channel.BasicPublishAsync("", Queue, mandatory: true, Encoding.UTF8.GetBytes(large), Cancelled);
        await WaitForAsync(service, 2);

        var items = await ListAsync(service);
        var first = items.Single(item => item.GetProperty("messageId").GetString() == "m-1");
        Assert.Equal("thing.happened.v1", first.GetProperty("type").GetString());
        Assert.StartsWith("The body is not a JSON CloudEvent", first.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, first.GetProperty("bytes").GetInt32());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("body").GetProperty("text").ValueKind);
        Assert.Equal(binary, first.GetProperty("body").GetProperty("base64").GetBytesFromBase64());

        // One byte, then two bytes for each character: the cut at 4 KiB falls inside a character.
        var second = items.Single(item => item.GetProperty("messageId").ValueKind == JsonValueKind.Null);
        Assert.Equal(10_001, second.GetProperty("bytes").GetInt32());
        Assert.Equal(large[..2048], second.GetProperty("body").GetProperty("text").GetString());
        Assert.True(second.GetProperty("body").GetProperty("isCut").GetBoolean());

        var whole = await GetAsync(service, $"{Letters}/{IdOf(second)}");
        Assert.Equal(large, whole.GetProperty("body").GetProperty("text").GetString());
        Assert.False(whole.GetProperty("body").GetProperty("isCut").GetBoolean());
        Assert.Equal(Queue, whole.GetProperty("headers").GetProperty("x-queue").GetString());
        Assert.Equal(
            binary, (await GetAsync(service, $"{Letters}/{IdOf(first)}")).GetProperty("body").GetProperty("base64").GetBytesFromBase64());

        Assert.Single(await ListAsync(service, "?limit=1"));
        using var unlimited = await service.Api.GetAsync($"{Letters}?limit=101", Cancelled);
        await AssertProblemAsync(HttpStatusCode.BadRequest, "validation", unlimited);
        using var unreadable = await service.Api.GetAsync($"{Letters}?limit=abc", Cancelled);
        var problem = await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", unreadable);
        Assert.Contains("\"limit\"", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replayed_dead_letter_takes_effect_once_and_is_removed()
    {
        await using var service = await StartAsync();
        service.Handler.IsBroken = true;
        await PublishAsync("tea", "coffee");
        await WaitForAsync(service, 2);
        var tea = (await ListAsync(service)).Single(item => TextOf(item).Contains("tea", StringComparison.Ordinal));
        Assert.Equal("The handler failed 2 times, last with InvalidOperationException.", tea.GetProperty("reason").GetString());
        service.Handler.IsBroken = false;

        Assert.Equal(1, await ReplayAsync(service, $"{Letters}/{IdOf(tea)}/replay"));
        Assert.Equal(0, await ReplayAsync(service, $"{Letters}/{IdOf(tea)}/replay"));

        await Until.EqualAsync(1, "the event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(["tea"], service.Handler.Handled);
        Assert.Contains("coffee", TextOf(Assert.Single(await ListAsync(service))), StringComparison.Ordinal);
        using var gone = await service.Api.GetAsync($"{Letters}/{IdOf(tea)}", Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", gone);
    }

    [Fact]
    public async Task A_replay_of_the_queue_replays_each_event_once_despite_copies()
    {
        await using var service = await StartAsync();
        service.Handler.IsBroken = true;
        var channel = await OpenChannelAsync();
        var copied = EventOf("copied");
        await PublishDeadLettersAsync(channel, copied, copied, copied);
        await PublishAsync("tea", "coffee");
        await WaitForAsync(service, 5);
        Assert.Equal(3, (await ListAsync(service)).Select(IdOf).Distinct().Count());
        service.Handler.IsBroken = false;

        Assert.Equal(3, await ReplayAsync(service, $"{Letters}/replay"));
        Assert.Equal(0, await ReplayAsync(service, $"{Letters}/replay"));

        await Until.EqualAsync(3, "all events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(["coffee", "copied", "tea"], service.Handler.Handled.Order());
        Assert.Empty(await ListAsync(service));
    }

    [Fact]
    public async Task A_replay_of_250_dead_letters_replays_each_once()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        var names = Enumerable.Range(0, 250).Select(i => $"thing-{i}").ToArray();
        await PublishDeadLettersAsync(channel, [.. names.Select(EventOf)]);

        // Listing and single replays must leave the other dead letters in place.
        var ids = (await ListAsync(service, "?limit=100")).Select(IdOf).ToList();
        foreach (var id in ids.TakeLast(3))
        {
            Assert.Equal(1, await ReplayAsync(service, $"{Letters}/{id}/replay"));
        }

        Assert.Equal(247, await ReplayAsync(service, $"{Letters}/replay"));

        await Until.EqualAsync(250, "all events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(names.Order(), service.Handler.Handled.Order());
        Assert.Empty(await ListAsync(service));
    }

    [Fact]
    public async Task A_replayed_dead_letter_that_fails_again_returns_once_with_its_own_headers()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        await PublishDeadLettersAsync(channel, "unreadable"u8.ToArray());

        Assert.Equal(1, await ReplayAsync(service, $"{Letters}/replay"));

        var returned = Assert.Single(
            await Until.TrueAsync("the message is a dead letter again", () => ListAsync(service), items => items.Count > 0));
        Assert.StartsWith("The body is not a JSON CloudEvent", returned.GetProperty("reason").GetString(), StringComparison.Ordinal);
        var headers = (await GetAsync(service, $"{Letters}/{IdOf(returned)}")).GetProperty("headers");
        Assert.Equal("kept", headers.GetProperty("x-mine").GetString());
    }

    [Fact]
    public async Task An_event_older_than_the_inbox_retention_takes_effect_only_after_a_replay()
    {
        await using var service = await StartAsync(("Messaging:InboxRetention", "1.00:00:00"));
        var channel = await OpenChannelAsync();
        var old = TestEvents.Envelope(
            Guid.CreateVersion7(), "thing.happened.v1", new JsonObject { ["name"] = "old" }, DateTimeOffset.UtcNow.AddHours(-25));
        var young = TestEvents.Envelope(
            Guid.CreateVersion7(), "thing.happened.v1", new JsonObject { ["name"] = "young" }, DateTimeOffset.UtcNow.AddHours(-23));
        await channel.BasicPublishAsync("", Queue, mandatory: true, old, Cancelled);
        await channel.BasicPublishAsync("", Queue, mandatory: true, young, Cancelled);

        await Until.EqualAsync(1, "the young event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        var letter = Assert.Single(await ListAsync(service));
        Assert.StartsWith("The event is older than 1.00:00:00", letter.GetProperty("reason").GetString(), StringComparison.Ordinal);

        Assert.Equal(1, await ReplayAsync(service, $"{Letters}/{IdOf(letter)}/replay"));

        await Until.EqualAsync(2, "the old event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(["young", "old"], service.Handler.Handled);
        Assert.Empty(await ListAsync(service));
    }

    [Fact]
    public async Task A_discard_removes_a_dead_letter_and_its_copies_only()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        await PublishDeadLettersAsync(channel, "a"u8.ToArray(), "b"u8.ToArray(), "a"u8.ToArray());
        var id = IdOf((await ListAsync(service)).First(item => TextOf(item) == "a"));

        for (var i = 0; i < 2; i++)
        {
            using var response = await service.Api.DeleteAsync($"{Letters}/{id}", Cancelled);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }

        Assert.Equal("b", TextOf(Assert.Single(await ListAsync(service))));
    }

    [Fact]
    public async Task Listing_thirty_times_loses_no_dead_letter_and_keeps_the_order()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        await PublishDeadLettersAsync(channel, "a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray());

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(["a", "b", "c"], (await ListAsync(service)).Select(TextOf));
        }
    }

    [Fact]
    public async Task Concurrent_replays_on_two_replicas_replay_each_dead_letter_once()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var channel = await OpenChannelAsync();
        var names = Enumerable.Range(0, 40).Select(i => $"thing-{i:00}").ToList();
        await PublishDeadLettersAsync(channel, [.. names.Select(EventOf)]);
        var ids = (await ListAsync(one, "?limit=100")).Select(IdOf).ToList();
        Assert.Equal(40, ids.Count);

        var replayed = await Task.WhenAll(ids.Take(5).SelectMany(id => new[]
        {
            ReplayAsync(one, $"{Letters}/{id}/replay"),
            ReplayAsync(two, $"{Letters}/{id}/replay"),
            ListedAsync(one),
            ListedAsync(two),
        }).Append(ReplayAsync(one, $"{Letters}/replay")).Append(ReplayAsync(two, $"{Letters}/replay")));

        Assert.Equal(40, replayed.Sum());
        await Until.EqualAsync(40, "all events took effect", () => Task.FromResult(one.Handler.Handled.Count + two.Handler.Handled.Count));
        Assert.Equal(names, one.Handler.Handled.Concat(two.Handler.Handled).Order());
        Assert.Empty(await ListAsync(one));

        async Task<int> ListedAsync(DeadLetterService service)
        {
            await ListAsync(service, "?limit=100");
            return 0;
        }
    }

    [Fact]
    public async Task Operations_on_a_locked_queue_get_409_and_leave_the_database_to_others()
    {
        const string Waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'advisory'";
        await using var service = await StartAsync();
        var other = Open(Database);
        await using var connection = await other.OpenConnectionAsync(Cancelled);
        await using (var transaction = await connection.BeginTransactionAsync(Cancelled))
        {
            await DeadLetterLock.TakeAsync(transaction, Queue, DeadLetterLock.Patience, Cancelled);

            var operations = Task.WhenAll(Enumerable.Range(0, 120).Select(_ => service.Api.GetAsync(Letters, Cancelled)));
            while (!operations.IsCompleted)
            {
                Assert.Equal(1, await CountAsync(service.Database, "select 1::bigint"));
                Assert.InRange(await CountAsync(other, Waiting), 0, 1);
                await Task.Delay(100, Cancelled);
            }

            foreach (var busy in await operations)
            {
                await AssertProblemAsync(HttpStatusCode.Conflict, "dead-letters-busy", busy);
            }
        }

        Assert.Empty(await ListAsync(service));
    }

    [Fact]
    public async Task A_queue_of_another_service_gets_404()
    {
        await using var service = await StartAsync();

        using var list = await service.Api.GetAsync("/admin/dead-letters/user-api.order-placed", Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", list);
        using var replay = await service.Api.PostAsync("/admin/dead-letters/user-api.order-placed/replay", null, Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", replay);
    }

    [Fact]
    public async Task A_full_queue_stops_the_replay_with_503_and_loses_nothing()
    {
        await using var service = await StartAsync(("Messaging:QueueMaxLength", "3"), ("Messaging:Prefetch", "1"));
        var channel = await OpenChannelAsync();
        var gate = new TaskCompletionSource();
        service.Handler.WaitFor(gate.Task);
        await PublishDeadLettersAsync(channel, EventOf("dead-1"), EventOf("dead-2"));
        var alive = 0;
        await Until.TrueAsync("the queue is full", PublishOneAsync, isRefused => isRefused);

        using var refused = await service.Api.PostAsync($"{Letters}/replay", null, Cancelled);

        var problem = await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "queue-full", refused);
        Assert.Equal(0, problem.GetProperty("replayed").GetInt32());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(2, (await ListAsync(service)).Count);

        gate.SetResult();
        await Until.EqualAsync(alive, "the queue is empty", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(2, await ReplayAsync(service, $"{Letters}/replay"));
        await Until.EqualAsync(alive + 2, "the replayed events took effect", () => Task.FromResult(service.Handler.Handled.Count));

        async Task<bool> PublishOneAsync()
        {
            try
            {
                await channel.BasicPublishAsync("", Queue, mandatory: true, EventOf("alive"), Cancelled);
                alive++;
                return false;
            }
            catch (PublishException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task The_endpoints_answer_503_during_a_broker_outage_and_recover()
    {
        var broker = await BrokerAsync();
        await using var proxy = new TcpProxy(broker.Host, broker.Port, ProxyMode.Reset);
        await using var cut = await StartAsync(new UriBuilder(broker) { Host = "127.0.0.1", Port = proxy.Port }.Uri);

        using var unavailable = await cut.Api.GetAsync("/admin/dead-letters", Cancelled);
        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "broker-unavailable", unavailable);
        Assert.NotNull(unavailable.Headers.RetryAfter);
        using var list = await cut.Api.GetAsync(Letters, Cancelled);
        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "broker-unavailable", list);
        Assert.Equal("Not counted: the broker has not answered.", await HealthAsync(cut));

        proxy.Mode = ProxyMode.Forward;
        await Until.EqualAsync("none", "the dead letters are counted", () => HealthAsync(cut));
        await Until.EqualAsync(HttpStatusCode.OK, "the dead letters can be listed", async () =>
        {
            using var listed = await cut.Api.GetAsync(Letters, Cancelled);
            return listed.StatusCode;
        });
    }

    [Fact]
    public async Task Health_and_a_metric_count_the_dead_letters()
    {
        await using var service = await StartAsync();
        var measured = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, measuring) =>
        {
            if (instrument.Meter.Scope == service.Meters && instrument.Name == "userorder.dead_letters.waiting")
            {
                measuring.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => measured[$"{tags[0].Value}"] = value);
        listener.Start();
        await Until.EqualAsync("none", "there are no dead letters", () => HealthAsync(service));
        var channel = await OpenChannelAsync();

        await PublishDeadLettersAsync(channel, "a"u8.ToArray(), "b"u8.ToArray());

        await Until.EqualAsync($"2 in {Queue}.dead", "both dead letters are counted", () => HealthAsync(service));
        listener.RecordObservableInstruments();
        Assert.Equal([new(Queue, 2)], measured);
        var queue = Assert.Single((await GetAsync(service, "/admin/dead-letters")).GetProperty("queues").EnumerateArray());
        Assert.Equal((Queue, 2), (queue.GetProperty("queue").GetString(), queue.GetProperty("count").GetInt64()));
    }

    [Fact]
    public async Task A_message_past_the_delivery_limit_has_a_reason_and_a_time_and_can_be_replayed()
    {
        await (await StartAsync(("Messaging:DeliveryLimit", "1"))).DisposeAsync();
        var channel = await OpenChannelAsync();
        await channel.BasicPublishAsync("", Queue, mandatory: true, EventOf("tea"), Cancelled);
        await Until.EqualAsync(1u, "the broker gave up", CrashWithMessageAsync);

        await using var service = await StartAsync(("Messaging:DeliveryLimit", "1"));
        var letter = Assert.Single(
            await Until.TrueAsync("the message is a dead letter", () => ListAsync(service), items => items.Count > 0));
        Assert.Equal("The broker gave up after the delivery limit.", letter.GetProperty("reason").GetString());
        Assert.InRange(
            letter.GetProperty("diedAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        var headers = (await GetAsync(service, $"{Letters}/{IdOf(letter)}")).GetProperty("headers");
        Assert.Contains("delivery_limit", headers.GetProperty("x-death").GetString(), StringComparison.Ordinal);

        Assert.Equal(1, await ReplayAsync(service, $"{Letters}/{IdOf(letter)}/replay"));

        await Until.EqualAsync(1, "the event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Empty(await ListAsync(service));

        // RabbitMQ 4 counts a delivery if the consumer's channel dies, not if the consumer requeues it.
        async Task<uint> CrashWithMessageAsync()
        {
            await using var connection = await new ConnectionFactory { Uri = await BrokerAsync() }.CreateConnectionAsync(Cancelled);
            await using var dying = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await dying.BasicGetAsync(Queue, autoAck: false, Cancelled);
            return await channel.MessageCountAsync($"{Queue}.dead", Cancelled);
        }
    }

    [Fact]
    public async Task The_service_uses_queues_with_other_arguments_and_logs_a_warning()
    {
        var channel = await OpenChannelAsync();
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        foreach (var queue in new[] { Queue, $"{Queue}.dead" })
        {
            await channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Cancelled);
        }

        await using var service = await StartAsync();
        await PublishAsync("tea");

        await Until.EqualAsync(1, "the event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(1, service.Logs.Count($"The queue {Queue} was declared with other arguments before"));
        Assert.Equal(1, service.Logs.Count($"The queue {Queue}.dead was declared with other arguments before"));
    }
}
