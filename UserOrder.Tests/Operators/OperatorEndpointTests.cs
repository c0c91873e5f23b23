using System.Net;
using System.Text.Json;
using UserOrder.Messaging.AspNetCore.Operators;
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
            ("DELETE", $"{Letters}/{id}"),
            ("DELETE", $"{Letters}?id={id}"),
        })
        {
            foreach (var (name, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://other.example") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Headers = { { name, value } } };
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
        await PublishDeadLetterAsync("one"u8.ToArray(), "first reason", "a.v1");
        await PublishDeadLetterAsync("two"u8.ToArray(), "first reason", "b.v1");
        await PublishDeadLetterAsync("two"u8.ToArray(), "first reason", "b.v1");
        await PublishDeadLetterAsync("three"u8.ToArray(), "second reason");

        await AssertFoundAsync("?reason=first%20reason", 3, "one", "two", "two");
        await AssertFoundAsync("?reason=first%20reason&type=b.v1", 2, "two", "two");
        await AssertFoundAsync("?type=", 1, "three");
        await AssertFoundAsync("?reason=first%20reason&limit=1", 3, "one");
        await AssertFoundAsync("?limit=1", 4, "one");
        await AssertFoundAsync("?reason=first", 0);

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

    private static Task<HttpResponseMessage> OpenStreamAsync(DeadLetterService service) =>
        service.Api.GetAsync("/admin/status/stream", HttpCompletionOption.ResponseHeadersRead, Cancelled);
}
