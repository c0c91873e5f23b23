using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Observability;

/// <summary>The console logs of the services outside Development.</summary>
public sealed class LogTests(ObservedSystem system) : ObservedTest(system)
{
    public static TheoryData<string> Services { get; } = ["user-api", "order-api"];

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_line_is_a_JSON_object_with_time_level_category_and_event_id(string service)
    {
        var lines = Observed.LogOf(service);

        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            var entry = JsonElement.Parse(line);
            Assert.EndsWith("Z", entry.GetProperty("Timestamp").GetString(), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.Zero, entry.GetProperty("Timestamp").GetDateTimeOffset().Offset);
            Assert.False(string.IsNullOrEmpty(entry.GetProperty("LogLevel").GetString()));
            if (entry.GetProperty("Category").GetString()!.StartsWith("UserOrder.", StringComparison.Ordinal))
            {
                Assert.NotEqual(0, entry.GetProperty("EventId").GetInt32());
            }
        });
    }

    [Fact]
    public async Task A_log_entry_about_a_message_carries_its_trace_id()
    {
        var trace = Guid.NewGuid().ToString("N");
        var channel = await Observed.OpenChannelAsync();

        await channel.BasicPublishAsync(
            "user-order.events",
            "order.placed.v1",
            mandatory: true,
            new BasicProperties { Headers = new Dictionary<string, object?> { ["traceparent"] = $"00-{trace}-00f067aa0ba902b7-01" } },
            "no event"u8.ToArray(),
            Cancelled);

        var line = await Until.TrueAsync(
            "the dead letter is logged",
            () => Task.FromResult(Observed.LogOf("user-api").FirstOrDefault(line => line.Contains(trace, StringComparison.Ordinal))),
            line => line is not null);
        var entry = JsonElement.Parse(line!);
        Assert.Equal(41, entry.GetProperty("EventId").GetInt32());
        Assert.Contains(
            entry.GetProperty("Scopes").EnumerateArray(), scope => scope.TryGetProperty("TraceId", out var id) && id.GetString() == trace);
        await Until.EqualAsync(true, "the log entry was exported", () => Task.FromResult(Observed.Tap.HasSeen("became a dead letter")));
    }

    [Fact]
    public async Task No_log_trace_or_metric_contains_an_email_or_a_name()
    {
        // Personal data stays out of telemetry whether a request succeeds, is refused, or fails in the consumer.
        var secret = $"secret{Guid.NewGuid():N}";
        var email = $"{secret}@example.com";
        var userId = await CreateUserAsync(email);
        using var taken = await Observed.UserApi.PostAsJsonAsync(
            "/v1/users", new { name = secret, email = email.ToUpperInvariant() }, Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        using var wrong = await Observed.UserApi.PostAsJsonAsync("/v1/users", new { name = secret, email = $"{secret}@" }, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var broken = await Observed.UserApi.PostAsync(
            "/v1/users", new StringContent($$"""{"name":"{{secret}}","email":{{email}}}""", null, "application/json"), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        var channel = await Observed.OpenChannelAsync();
        await channel.BasicPublishAsync(
            "user-order.events",
            "user.created.v1",
            mandatory: true,
            TestEvents.Envelope(Guid.NewGuid(), "user.created.v1", new JsonObject { ["id"] = email, ["email"] = email }),
            Cancelled);
        var (trace, caller) = NewTrace();
        Assert.Equal(HttpStatusCode.Created, await PlaceOrderAsync(userId, $"00-{trace}-{caller}-01"));
        await Until.EqualAsync(1, "the order arrives", () => OrderCountAsync(userId));
        await Until.TrueAsync(
            "the message was refused",
            () => Task.FromResult(Observed.LogOf("order-api")),
            lines => lines.Any(line => line.Contains("became a dead letter", StringComparison.Ordinal)));
        await Until.EqualAsync(true, "the order's trace was exported", () => Task.FromResult(Observed.Tap.Spans.Any(span =>
            span.TraceId == trace && span is { Service: "user-api", Kind: ActivityKind.Consumer })));

        Assert.False(Observed.Tap.HasSeen(secret), "exported");
        foreach (var service in new[] { "user-api", "order-api" })
        {
            Assert.DoesNotContain(Observed.LogOf(service), line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }
}
