using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Messaging.AspNetCore.Operators;
using UserOrder.Messaging.Telemetry;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Operators;

/// <summary>The endpoints behind the operators' page.</summary>
public sealed class OperatorEndpointTests(RunningGraph graph) : OperatorTest(graph)
{
    [Fact]
    public async Task The_status_has_the_state_of_health_circuits_outbox_and_queues()
    {
        await using var service = await StartAsync();
        await PublishAsync("tea", "coffee");
        await PublishDeadLetterAsync("poison"u8.ToArray(), "It was poison.");

        var status = await Until.TrueAsync(
            "the broker has counted",
            () => GetAsync(service, "/admin/status"),
            read => QueueOf(read) is var queue
                && queue.GetProperty("deadLetters").ValueKind == JsonValueKind.Number
                && queue.GetProperty("deadLetters").GetInt64() == 1
                && queue.GetProperty("consumers").ValueKind == JsonValueKind.Number
                && queue.GetProperty("applied").GetInt64() == 2);

        Assert.Equal("dead", status.GetProperty("service").GetString());
        Assert.Equal(Environment.MachineName, status.GetProperty("replica").GetString());
        Assert.InRange(status.GetProperty("startedAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddHours(-5), DateTimeOffset.UtcNow);
        Assert.Equal("Healthy", status.GetProperty("health").GetProperty("status").GetString());
        var checks = status.GetProperty("health").GetProperty("checks").EnumerateArray().ToList();
        var outbox = checks.Single(check => check.GetProperty("name").GetString() == "outbox");
        Assert.NotEmpty(outbox.GetProperty("reason").GetString()!);
        Assert.Equal(
            ["consumer-database closed", "relay-broker closed"],
            status.GetProperty("circuits").EnumerateArray()
                .Select(circuit => $"{circuit.GetProperty("name").GetString()} {circuit.GetProperty("state").GetString()}").Order());
        Assert.Equal(0, status.GetProperty("outbox").GetProperty("waiting").GetInt64());
        Assert.Equal(1, QueueOf(status).GetProperty("consumers").GetInt64());
        Assert.InRange(QueueOf(status).GetProperty("lagP99Seconds").GetDouble(), 0.001, 60);

        JsonElement QueueOf(JsonElement read) => Assert.Single(read.GetProperty("queues").EnumerateArray());
    }

    [Fact]
    public async Task Streams_are_bounded_and_end_when_the_service_stops()
    {
        var service = await StartAsync();
        var streams = new List<HttpResponseMessage>();
        try
        {
            for (var i = 0; i < StatusFeed.MaxStreams; i++)
            {
                streams.Add(await OpenStreamAsync(service));
                Assert.Equal(HttpStatusCode.OK, streams[i].StatusCode);
                Assert.Equal("text/event-stream", streams[i].Content.Headers.ContentType?.MediaType);
            }

            using (var refused = await OpenStreamAsync(service))
            {
                await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "too-many-streams", refused);
                Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
            }

            // A head request must not occupy its connection.
            using var head = new HttpRequestMessage(HttpMethod.Head, "/admin/status/stream");
            using var headed = await service.Api.SendAsync(head, Cancelled);

            streams[0].Dispose();
            streams[0] = await Until.TrueAsync(
                "a place is free", () => OpenStreamAsync(service), response => response.StatusCode == HttpStatusCode.OK);

            using var reader = new StreamReader(await streams[1].Content.ReadAsStreamAsync(Cancelled));
            Assert.Equal("event: status", await reader.ReadLineAsync(Cancelled));
            Assert.StartsWith("data: {\"service\":\"dead\"", await reader.ReadLineAsync(Cancelled), StringComparison.Ordinal);

            var stopped = service.DisposeAsync().AsTask();
            await reader.ReadToEndAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
            await stopped;
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    [Fact]
    public async Task A_page_of_another_site_changes_nothing_and_no_GET_does()
    {
        await using var service = await StartAsync();
        await PublishDeadLetterAsync("poison"u8.ToArray(), "It was poison.");
        var id = IdOf(Assert.Single(await ListAsync(service)));
        foreach (var (method, path) in new[]
        {
            ("POST", $"{Letters}/replay"),
            ("POST", $"{Letters}/{id}/replay"),
            ("POST", $"{Letters}/{id}/edit"),
            ("DELETE", $"{Letters}/{id}"),
            ("DELETE", $"{Letters}?id={id}"),
        })
        {
            foreach (var (name, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://other.example") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Parse(method), path)
                {
                    Headers = { { name, value } },
                    Content = Json("{}"),
                };
                using var refused = await service.Api.SendAsync(request, Cancelled);
                await AssertProblemAsync(HttpStatusCode.Forbidden, "cross-site", refused);
            }
        }

        foreach (var path in new[] { $"{Letters}/replay", $"{Letters}/{id}/replay" })
        {
            // "replay" is no id of a dead letter.
            using var answer = await service.Api.GetAsync(path, Cancelled);
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
        }

        Assert.Equal(id, IdOf(Assert.Single(await ListAsync(service))));
    }

    [Fact]
    public async Task A_filter_selects_by_id_reason_and_type()
    {
        await using var service = await StartAsync();
        await PublishDeadLetterAsync("one"u8.ToArray(), "first reason", "a.v1", ("x-died-at", "2026-01-02T03:04:05Z"));
        await PublishDeadLetterAsync("two"u8.ToArray(), "first reason", "b.v1");
        await PublishDeadLetterAsync("two"u8.ToArray(), "first reason", "b.v1");
        await PublishDeadLetterAsync("three"u8.ToArray(), "second reason");

        await AssertFoundAsync("?reason=first%20reason", 3, "one", "two", "two");
        await AssertFoundAsync("?reason=first%20reason&type=b.v1", 2, "two", "two");
        await AssertFoundAsync("?type=", 1, "three");
        await AssertFoundAsync("?reason=first%20reason&limit=1", 3, "one");
        await AssertFoundAsync("?limit=1", 4, "one");
        await AssertFoundAsync("?reason=first", 0);
        await AssertFoundAsync("?from=2026-01-02T03:04:05Z&until=2026-01-02T03:04:06Z", 1, "one");
        await AssertFoundAsync("?from=2026-01-02T03:04:06Z", 0);
        await AssertFoundAsync("?until=2026-01-02T03:04:05Z", 0);

        using var unbounded = await service.Api.DeleteAsync(Letters, Cancelled);
        await AssertProblemAsync(HttpStatusCode.BadRequest, "validation", unbounded);
        using var discarded = await service.Api.DeleteAsync($"{Letters}?reason=first%20reason&type=b.v1", Cancelled);
        Assert.Equal(1, (await ReadAsync(discarded)).GetProperty("discarded").GetInt32());
        var ids = (await ListAsync(service)).Select(IdOf).ToList();
        using var two = await service.Api.DeleteAsync($"{Letters}?id={ids[0]}&id={ids[1]}", Cancelled);
        Assert.Equal(2, (await ReadAsync(two)).GetProperty("discarded").GetInt32());
        Assert.Empty(await ListAsync(service));

        async Task AssertFoundAsync(string query, long matching, params string[] texts)
        {
            var page = await GetAsync(service, Letters + query);
            Assert.Equal(texts, page.GetProperty("items").EnumerateArray().Select(TextOf));
            Assert.Equal(matching, page.GetProperty("matching").GetInt64());
            Assert.True(page.GetProperty("isComplete").GetBoolean());
        }
    }

    [Fact]
    public async Task An_edited_event_must_fit_its_schema_and_keep_its_id_and_one_of_two_operators_wins()
    {
        await using var service = await StartAsync();
        service.Handler.IsBroken = true;
        var id = Guid.CreateVersion7();
        await PublishDeadLetterAsync(Event(id, 5), "It does not fit.");
        var letter = IdOf(Assert.Single(await ListAsync(service)));

        var errors = await AssertRefusedAsync(Event(id, ""));
        Assert.Contains("at least 1", errors.GetProperty("/data/name")[0].GetString(), StringComparison.Ordinal);
        errors = await AssertRefusedAsync(Event(Guid.CreateVersion7(), "tea"));
        Assert.Equal($"The event must keep its id, {id}.", errors.GetProperty("/id")[0].GetString());
        errors = await AssertRefusedAsync(TestEvents.Envelope(id, "other.happened.v1", new JsonObject { ["name"] = "tea" }));
        Assert.Equal("The event's type is not thing.happened.v1.", errors.GetProperty("/")[0].GetString());
        using (var malformed = await EditAsync(letter, "poison"u8.ToArray()))
        {
            await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", malformed);
        }

        Assert.Equal(letter, IdOf(Assert.Single(await ListAsync(service))));
        var answers = await Task.WhenAll(EditAsync(letter, Event(id, "tea-0")), EditAsync(letter, Event(id, "tea-1")));
        var winner = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        var problem = await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", answers[1 - winner]);
        Assert.Contains(
            "an operator has replayed, edited or discarded it", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        // It fails again, so its mark can be seen.
        await WaitForAsync(service, 1);
        var edited = await GetAsync(service, $"{Letters}/{IdOf(Assert.Single(await ListAsync(service)))}");
        Assert.Equal($"{id}", edited.GetProperty("messageId").GetString());
        Assert.InRange(
            edited.GetProperty("headers").GetProperty("x-edited-at").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(-5),
            DateTimeOffset.UtcNow);
        service.Handler.IsBroken = false;
        Assert.Equal(1, await ReplayAsync(service, $"{Letters}/{IdOf(edited)}/replay"));
        await Until.EqualAsync($"tea-{winner}", "it took effect", () => Task.FromResult(service.Handler.Handled.SingleOrDefault()));
        Assert.Empty(await ListAsync(service));

        var actions = (await GetAsync(service, "/admin/audit?limit=3")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal("replay", actions[0].GetProperty("action").GetString());
        Assert.All(actions, action => Assert.True(action.GetProperty("isEnded").GetBoolean()));
        Assert.Equal(
            [0, 1],
            actions.Where(action => action.GetProperty("action").GetString() == "edit")
                .Select(action => action.GetProperty("count").GetInt32()).Order());
        Assert.Contains($"event {id}", actions[1].GetProperty("detail").GetString(), StringComparison.Ordinal);

        // The cut after 500 characters must not leave half of the last one.
        var reason = $"{new string('a', 492)}\U0001F600 and more";
        Assert.Equal(0, await ReplayAsync(service, $"{Letters}/replay?reason={Uri.EscapeDataString(reason)}"));
        var cut = Assert.Single((await GetAsync(service, "/admin/audit?limit=1")).GetProperty("items").EnumerateArray());
        Assert.Equal($"reason {reason[..492]}…", cut.GetProperty("detail").GetString());

        byte[] Event(Guid eventId, JsonNode name) => TestEvents.Envelope(eventId, "thing.happened.v1", new JsonObject { ["name"] = name });

        Task<HttpResponseMessage> EditAsync(string letterId, byte[] body) =>
            service.Api.PostAsync($"{Letters}/{letterId}/edit", Json(Encoding.UTF8.GetString(body)), Cancelled);

        async Task<JsonElement> AssertRefusedAsync(byte[] body)
        {
            using var refused = await EditAsync(letter, body);
            return (await AssertProblemAsync(HttpStatusCode.BadRequest, "validation", refused)).GetProperty("errors");
        }
    }

    [Fact]
    public async Task An_export_has_every_message_whole()
    {
        await using var service = await StartAsync();
        byte[][] bodies = ["one\r\n\u2028"u8.ToArray(), [0xFF, 0x00, 0x0A], EventOf("<script>")];
        foreach (var body in bodies)
        {
            await PublishDeadLetterAsync(body, "exported", headers: ("x-mine", "kept"));
        }

        await PublishDeadLetterAsync("another"u8.ToArray(), "another reason");
        using var response = await service.Api.GetAsync($"{Letters}/export?reason=exported", Cancelled);

        Assert.Equal("application/jsonl", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(Cancelled)).Split('\n');
        Assert.Equal("", lines[^1]);
        var letters = lines[..^1].Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(bodies, letters.Select(letter => letter.GetProperty("body") is var body
            && body.GetProperty("base64").GetString() is { } base64
                ? Convert.FromBase64String(base64)
                : Encoding.UTF8.GetBytes(body.GetProperty("text").GetString()!)));
        Assert.All(letters, letter => Assert.Equal("kept", letter.GetProperty("headers").GetProperty("x-mine").GetString()));
        Assert.Equal(4, (await ListAsync(service)).Count);
    }

    [Fact]
    public async Task The_search_finds_events_by_subject_and_trace_in_each_place_and_asks_other_services()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MessagingTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var other = await StartAsync();
        await using var service = await StartAsync(
            ("Messaging:OtherServices:other", other.Api.BaseAddress!.AbsoluteUri),
            ("Messaging:OtherServices:gone", "http://127.0.0.1:1"));
        var subject = Guid.CreateVersion7();
        var trace = $"{ActivityTraceId.CreateRandom()}";
        var traceParent = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";
        var (waiting, applied, dead) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var insert = service.Database.CreateCommand(
            "insert into outbox (id, type, body, traceparent, available_at) values ($1, 'nothing.happened.v1', $2, $3, 'infinity')"))
        {
            insert.Parameters.Add(new() { Value = waiting });
            insert.Parameters.Add(new() { Value = Event(waiting) });
            insert.Parameters.Add(new() { Value = traceParent });
            await insert.ExecuteNonQueryAsync(Cancelled);
        }

        await PublishDeadLetterAsync(Event(dead), "It was poison.", headers: ("traceparent", traceParent));
        var channel = await OpenChannelAsync();
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["traceparent"] = traceParent } };
        await channel.BasicPublishAsync("", Queue, mandatory: true, properties, Event(applied), Cancelled);
        await Until.EqualAsync(
            1, "the event took effect", () => Task.FromResult(service.Handler.Handled.Count + other.Handler.Handled.Count));

        foreach (var key in new[] { $"{subject}", trace })
        {
            var services = (await GetAsync(service, $"/admin/events?key={key}")).GetProperty("services").EnumerateArray()
                .ToDictionary(found => found.GetProperty("service").GetString()!);
            Assert.Equal(["dead", "gone", "other"], services.Keys.Order());
            foreach (var answering in new[] { "dead", "other" })
            {
                Assert.Equal(
                    [$"dead-letter {dead}", $"outbox {waiting}", $"applied {applied}"],
                    services[answering].GetProperty("items").EnumerateArray()
                        .Select(item => $"{item.GetProperty("place").GetString()} {item.GetProperty("eventId").GetString()}"));
                Assert.Empty(services[answering].GetProperty("limits").EnumerateArray());
            }

            Assert.StartsWith("It is unreachable: ", services["gone"].GetProperty("failure").GetString(), StringComparison.Ordinal);
        }

        using var empty = await service.Api.GetAsync("/admin/events?key=", Cancelled);
        await AssertProblemAsync(HttpStatusCode.BadRequest, "validation", empty);

        byte[] Event(Guid id)
        {
            var envelope = JsonNode.Parse(TestEvents.Envelope(id, "thing.happened.v1", new JsonObject { ["name"] = "tea" }))!;
            envelope["subject"] = $"{subject}";
            return Encoding.UTF8.GetBytes(envelope.ToJsonString());
        }
    }

    private static Task<HttpResponseMessage> OpenStreamAsync(DeadLetterService service) =>
        service.Api.GetAsync("/admin/status/stream", HttpCompletionOption.ResponseHeadersRead, Cancelled);
}
