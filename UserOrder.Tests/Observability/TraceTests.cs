using System.Diagnostics;
using System.Net;
using System.Text;
using Npgsql;
using RabbitMQ.Client;

using UserOrder.Tests.Integration;
namespace UserOrder.Tests.Observability;

/// <summary>The exported traces of both services. Names and attributes follow OpenTelemetry's semantic conventions.</summary>
public sealed class TraceTests(ObservedSystem system) : ObservedTest(system)
{
    private const string UserQueue = "user-order.events:user.created.v1:order-api.user-created";
    private const string OrderExchange = "user-order.events:order.placed.v1";
    private const string OrderQueue = $"{OrderExchange}:user-api.order-placed";

    [Fact]
    public async Task One_trace_runs_from_the_POST_to_the_commit_in_the_other_service()
    {
        var userId = await CreateKnownUserAsync();
        var (trace, caller) = NewTrace();

        Assert.Equal(HttpStatusCode.Created, await PlaceOrderAsync(userId, $"00-{trace}-{caller}-01"));

        // The services export independently of each other.
        var spans = await SpansAsync(trace, "both services' spans are there", found =>
            found.Any(span => span is { Service: "order-api", Kind: ActivityKind.Server })
            && found.Any(span => span is { Service: "order-api", Kind: ActivityKind.Client })
            && found.Any(span => span is { Service: "order-api", Kind: ActivityKind.Producer })
            && found.Any(span => span is { Service: "user-api", Kind: ActivityKind.Consumer })
            && found.Any(span => span is { Service: "user-api", Kind: ActivityKind.Client }));
        var post = Single(spans, "order-api", "POST /v1/orders", ActivityKind.Server, caller);
        AssertHas(
            post,
            ("http.request.method", "POST"),
            ("http.route", "/v1/orders"),
            ("http.response.status_code", "201"),
            ("url.scheme", "http"));
        var insert = Single(spans, "order-api", "INSERT orders", ActivityKind.Client, post.SpanId);
        AssertHas(insert, ("db.system.name", "postgresql"), ("db.query.summary", "INSERT orders"));
        var publish = Single(spans, "order-api", $"publish {OrderExchange}", ActivityKind.Producer, post.SpanId);
        AssertHas(
            publish,
            ("messaging.system", "rabbitmq"),
            ("messaging.operation.type", "send"),
            ("messaging.operation.name", "publish"),
            ("messaging.destination.name", OrderExchange),
            ("messaging.rabbitmq.destination.routing_key", "order.placed.v1"),
            ("server.address", "localhost"));
        var process = Single(spans, "user-api", $"process {OrderQueue}", ActivityKind.Consumer, publish.SpanId);
        AssertHas(
            process,
            ("messaging.system", "rabbitmq"),
            ("messaging.operation.type", "process"),
            ("messaging.operation.name", "process"),
            ("messaging.destination.name", OrderQueue),
            ("messaging.message.id", publish.Attributes["messaging.message.id"]));
        Assert.Contains("messaging.rabbitmq.message.delivery_tag", process.Attributes.Keys);
        Assert.True(Guid.TryParse(process.Attributes["cloudevents.event_subject"], out _), "The span lacks the id of the order.");
        var writes = spans.Where(span => span is { Service: "user-api", Kind: ActivityKind.Client }).ToList();
        Assert.All(writes, write => Assert.Equal(process.SpanId, write.ParentId));
        Assert.All(writes, write => AssertHas(write, ("db.system.name", "postgresql"), ("db.namespace", "userdb")));
        Assert.DoesNotContain(spans, span => span.IsError);
    }

    [Fact]
    public async Task A_batch_links_to_the_span_of_each_message()
    {
        var traces = Enumerable.Range(0, 5).Select(_ => NewTrace()).ToList();
        await using (var connection = await (await Observed.OpenDatabaseAsync("orderdb")).OpenConnectionAsync(Cancelled))
        await using (var pause = await connection.BeginTransactionAsync(Cancelled))
        {
            // The lock on the inbox blocks the consumer, so that the events after the first one form a batch.
            await using var command = new NpgsqlCommand("lock table inbox in exclusive mode", connection, pause);
            await command.ExecuteNonQueryAsync(Cancelled);
            await CreateUserAsync();
            var channel = await Observed.OpenChannelAsync();
            await Until.TrueAsync(
                "the first event is being processed",
                () => Observed.CountAsync("orderdb", RivalReplica.CountOfBlockedStatements),
                waiting => waiting > 0);
            foreach (var (trace, caller) in traces)
            {
                await CreateUserAsync(traceParent: $"00-{trace}-{caller}-01");
            }

            await Until.EqualAsync(0, "the outbox is empty", () => Observed.CountAsync("userdb", "select count(*) from outbox"));
            await Until.EqualAsync(0u, "the events are delivered", async () => await ReadyAsync(channel));
            await pause.RollbackAsync(Cancelled);
        }

        foreach (var (trace, _) in traces)
        {
            var spans = await SpansAsync(trace, "the event was processed", found => found.Any(span => span.Kind == ActivityKind.Consumer));
            var process = Assert.Single(spans, span => span.Name == $"process {UserQueue}");
            var batch = Assert.Single(await Until.TrueAsync(
                "the batch was exported",
                () => Task.FromResult(Observed.Tap.Spans.Where(span => span.Links.Contains(process.SpanId)).ToList()),
                found => found.Count > 0));
            Assert.Equal($"process {UserQueue} batch", batch.Name);
            Assert.Equal("", batch.ParentId);
            Assert.NotEqual(trace, batch.TraceId);
            Assert.True(int.Parse(batch.Attributes["messaging.batch.message_count"]) >= batch.Links.Count);
        }
    }

    [Fact]
    public async Task An_unreadable_message_is_an_error_in_its_own_trace()
    {
        var (trace, caller) = NewTrace();
        var channel = await Observed.OpenChannelAsync();

        await channel.BasicPublishAsync(
            "user-order.events",
            "order.placed.v1",
            mandatory: true,
            new BasicProperties { Headers = new Dictionary<string, object?> { ["traceparent"] = $"00-{trace}-{caller}-01" } },
            Encoding.UTF8.GetBytes("no event"),
            Cancelled);

        var process = Assert.Single(await SpansAsync(trace, "the message was refused", found => found.Count > 0));
        Assert.Equal(caller, process.ParentId);
        Assert.True(process.IsError);
        Assert.EndsWith("UnreadableEventException", process.Attributes["error.type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsampled_request_exports_no_spans()
    {
        var (trace, caller) = NewTrace();
        var (later, laterCaller) = NewTrace();
        var userId = await CreateUserAsync(traceParent: $"00-{trace}-{caller}-00");
        await PlaceOrderAsync(userId, $"00-{later}-{laterCaller}-01");

        await SpansAsync(later, "the later request was traced", found => found.Any(span => span.Service == "user-api"));
        Assert.DoesNotContain(Observed.Tap.Spans, span => span.TraceId == trace);
    }

    private static OtlpSpan Single(IEnumerable<OtlpSpan> spans, string service, string name, ActivityKind kind, string parent)
    {
        var span = Assert.Single(spans, span => span.Service == service && span.Name == name);
        Assert.Equal(kind, span.Kind);
        Assert.Equal(parent, span.ParentId);
        return span;
    }

    private static void AssertHas(OtlpSpan span, params (string Name, string Value)[] attributes) =>
        Assert.All(
            attributes,
            attribute => Assert.Equal(
                (span.Name, attribute.Name, attribute.Value),
                (span.Name, attribute.Name, span.Attributes.GetValueOrDefault(attribute.Name))));

    private static Task<uint> ReadyAsync(IChannel channel) => channel.MessageCountAsync("order-api.user-created", Cancelled);

    private Task<List<OtlpSpan>> SpansAsync(string trace, string what, Func<List<OtlpSpan>, bool> isSatisfied) =>
        Until.TrueAsync(what, () => Task.FromResult(Observed.Tap.Spans.Where(span => span.TraceId == trace).ToList()), isSatisfied);
}
