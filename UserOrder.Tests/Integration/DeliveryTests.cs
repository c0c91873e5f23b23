using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Duplicate, unroutable and unreadable messages.</summary>
public sealed class DeliveryTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task An_event_delivered_five_times_takes_effect_once()
    {
        var channel = await OpenChannelAsync();
        var userId = await CreateUserAsync();
        var repeated = TestEvents.OrderPlaced(Guid.CreateVersion7(), userId);
        for (var i = 0; i < 5; i++)
        {
            await channel.PublishEventAsync("order.placed.v1", repeated, Cancelled);
        }

        // The queue is FIFO: when the last event has taken effect, the consumer has processed all five copies.
        await channel.PublishEventAsync("order.placed.v1", TestEvents.OrderPlaced(Guid.CreateVersion7(), userId), Cancelled);

        await Until.TrueAsync("the last event took effect", () => OrderCountAsync(userId), count => count >= 2);
        Assert.Equal(2, await OrderCountAsync(userId));
    }

    [Fact]
    public async Task An_event_whose_binding_is_lost_arrives_after_the_service_has_bound_its_queue_again()
    {
        var userdb = await OpenDatabaseAsync("userdb");
        var orderdb = await OpenDatabaseAsync("orderdb");
        var channel = await OpenChannelAsync();
        await channel.QueueUnbindAsync("order-api.user-created", "user-order.events", "user.created.v1", cancellationToken: Cancelled);

        var userId = await CreateUserAsync();

        await Until.EqualAsync(1, "the event arrived", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(userdb, "select count(*) from outbox"));
    }

    public static TheoryData<string, byte[], string> Unreadable { get; } = new()
    {
        { "no JSON", "order"u8.ToArray(), "The body is not a JSON CloudEvent" },
        { "no UTF-8", [0xff, 0xfe, 0x00], "The body is not a JSON CloudEvent" },
        { "null", "null"u8.ToArray(), "The body is null" },
        { "no envelope", "{}"u8.ToArray(), "The CloudEvents version is not 1.0" },
        {
            "another version",
            TestEvents.Envelope(Guid.NewGuid(), "order.placed.v9", new JsonObject()),
            "The event's type is not order.placed.v1"
        },
        { "no data", TestEvents.Envelope(Guid.NewGuid(), "order.placed.v1", new JsonArray()), "The event's data is not an object" },
        {
            "invalid data",
            TestEvents.Envelope(Guid.NewGuid(), "order.placed.v1", new JsonObject { ["userId"] = 5 }),
            "The event's data does not fit order.placed.v1 at $.userId"
        },
        {
            "an error at a very long name",
            Encoding.UTF8.GetBytes($$"""{"{{new string('n', 200_000)}}":{{new string('[', 40)}}"""),
            "The body is not a JSON CloudEvent: it fails at $.nnn"
        },
        {
            "an age beyond the inbox retention",
            TestEvents.OrderPlaced(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UtcNow.AddDays(-8)),
            "The event is older than 7.00:00:00"
        },
        { "too large", Encoding.UTF8.GetBytes(new string(' ', 300_000)), "The message has 300000 bytes; at most 262144 are allowed" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task An_unreadable_message_becomes_a_dead_letter_with_a_reason_and_blocks_no_other(string kind, byte[] body, string reason)
    {
        var channel = await OpenChannelAsync();
        var userId = await CreateUserAsync();
        await channel.QueuePurgeAsync("user-api.order-placed.dead", Cancelled);

        await channel.PublishEventAsync("order.placed.v1", body, Cancelled);
        using var response = await PlaceOrderAsync(userId);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        await Until.EqualAsync(1, $"the event after the message with {kind} takes effect", () => OrderCountAsync(userId));
        var dead = await channel.BasicGetAsync("user-api.order-placed.dead", autoAck: true, Cancelled);
        Assert.NotNull(dead);
        Assert.Equal(body, dead.Body.ToArray());
        Assert.StartsWith(reason, Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["x-reason"]!), StringComparison.Ordinal);
        Assert.Equal("user-api.order-placed", Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers["x-queue"]!));
    }

    [Fact]
    public async Task A_dead_letter_is_not_sent_to_the_CC_recipients_of_the_message()
    {
        const string Queue = "user-api.order-placed";
        var channel = await OpenChannelAsync();
        var userId = await CreateUserAsync();
        await channel.QueuePurgeAsync($"{Queue}.dead", Cancelled);

        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["CC"] = new List<object?> { Queue } } };
        await channel.BasicPublishAsync("", Queue, mandatory: true, properties, "order"u8.ToArray(), Cancelled);
        using var response = await PlaceOrderAsync(userId);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        await Until.EqualAsync(1, "the next event takes effect", () => OrderCountAsync(userId));
        await Until.EqualAsync(0u, "the queue is empty", () => channel.MessageCountAsync(Queue, Cancelled));
        Assert.Equal(1u, await channel.QueuePurgeAsync($"{Queue}.dead", Cancelled));
    }

    [Fact]
    public async Task A_dead_letter_drops_headers_that_leave_no_room_for_the_reason()
    {
        const string Queue = "user-api.order-placed";
        var channel = await OpenChannelAsync();
        await channel.QueuePurgeAsync($"{Queue}.dead", Cancelled);

        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["much"] = new string('x', 130_900) } };
        await channel.BasicPublishAsync("", Queue, mandatory: true, properties, "order"u8.ToArray(), Cancelled);

        var dead = await Until.TrueAsync(
            "the message is a dead letter", () => channel.BasicGetAsync($"{Queue}.dead", autoAck: true, Cancelled), got => got is not null);
        Assert.StartsWith(
            "The body is not a JSON CloudEvent",
            Encoding.UTF8.GetString((byte[])dead!.BasicProperties.Headers!["x-reason"]!),
            StringComparison.Ordinal);
        Assert.InRange((int)dead.BasicProperties.Headers["x-dropped-header-bytes"]!, 130_900, 131_000);
        Assert.False(dead.BasicProperties.Headers.ContainsKey("much"));
    }
}
