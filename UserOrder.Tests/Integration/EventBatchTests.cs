using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Messages with several events: each event takes effect, fails, is retried and becomes a dead letter on its own.</summary>
public sealed class EventBatchTests(RunningGraph graph) : DeadLetterTest(graph)
{
    private const string Single = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    [Fact]
    public async Task Each_event_of_a_message_takes_effect_once_despite_copies()
    {
        await using var service = await StartAsync(("Messaging:ConsumerBatchSize", "7"));
        var channel = await OpenChannelAsync();
        var names = Enumerable.Range(0, 100).Select(i => $"thing {i:00}").ToArray();
        var message = ArrayOf([.. names.Select(EventOf)]);

        await PublishAsync(channel, message);
        await PublishAsync(channel, message);

        await Until.EqualAsync(100, "the events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        await Until.EqualAsync(0L, "both messages are acknowledged", () => WaitingAsync(service));
        Assert.Equal(names, service.Handler.Handled);
        Assert.Empty(await ListAsync(service));
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_becomes_a_dead_letter_without_its_neighbours()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        var another = TestEvents.Envelope(Guid.CreateVersion7(), "another.type.v1", new JsonObject { ["name"] = "another" });

        await PublishAsync(channel, ArrayOf(EventOf("tea"), another, "[[1]]"u8.ToArray(), "7"u8.ToArray(), EventOf("milk")));

        await WaitForAsync(service, 3);
        Assert.Equal(["tea", "milk"], service.Handler.Handled);
        var letters = await ListAsync(service);
        var byType = letters.Single(letter => TextOf(letter).Contains("another", StringComparison.Ordinal));
        Assert.Equal("The event's type is not thing.happened.v1.", byType.GetProperty("reason").GetString());
        Assert.Equal(Encoding.UTF8.GetString(another), TextOf(byType));
        Assert.Equal(JsonElement.Parse(another).GetProperty("id").GetString(), byType.GetProperty("messageId").GetString());
        Assert.Equal(["7", "[[1]]"], letters.Where(letter => IdOf(letter) != IdOf(byType)).Select(TextOf).Order(StringComparer.Ordinal));
        var dead = await channel.BasicGetAsync($"{Queue}.dead", autoAck: false, Cancelled);
        Assert.Equal(Single, dead!.BasicProperties.ContentType);
    }

    [Theory]
    [InlineData("[]", "The message has no event.")]
    [InlineData("[{},{", "The body is not a JSON array of events.")]
    [InlineData("{}", "The body is not a JSON array of events.")]
    public async Task A_message_that_is_no_array_of_events_becomes_one_dead_letter(string body, string reason)
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();

        await PublishAsync(channel, Encoding.UTF8.GetBytes(body));
        await PublishAsync(channel, ArrayOf([.. Enumerable.Repeat("{}"u8.ToArray(), 10_000)]));

        await WaitForAsync(service, 2);
        var letters = await ListAsync(service);
        Assert.Equal(reason, letters[0].GetProperty("reason").GetString());
        Assert.Equal(body, TextOf(letters[0]));
        Assert.Equal("The message has more than 1000 events.", letters[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_handler_that_fails_for_one_event_holds_no_other_and_a_replay_applies_it()
    {
        await using var service = await StartAsync();
        var channel = await OpenChannelAsync();
        service.Handler.Broken = "coffee";

        await PublishAsync(channel, ArrayOf(EventOf("tea"), EventOf("coffee"), EventOf("milk")));

        await WaitForAsync(service, 1);
        Assert.Equal(["tea", "milk"], service.Handler.Handled);
        await Until.EqualAsync(0L, "the message is acknowledged", () => WaitingAsync(service));

        service.Handler.Broken = null;
        Assert.Equal(1, await ReplayAsync(service, $"{Letters}/replay"));
        await Until.EqualAsync(3, "the event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(["tea", "milk", "coffee"], service.Handler.Handled);
    }

    [Fact]
    public async Task Events_of_a_message_that_consumers_often_did_not_survive_are_applied_one_by_one()
    {
        await using var service = await StartAsync(("Messaging:DeliveryLimit", "4"));
        var channel = await OpenChannelAsync();

        await PublishAsync(channel, ArrayOf(EventOf("tea"), EventOf("milk")));
        await Until.EqualAsync(2, "the events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(1, service.Handler.Calls);

        await PublishAsync(channel, ArrayOf(EventOf("coffee"), EventOf("water")), new() { ["x-delivery-count"] = 2L });
        await Until.EqualAsync(4, "the events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(3, service.Handler.Calls);
    }

    private static byte[] ArrayOf(params byte[][] events) =>
        Encoding.UTF8.GetBytes($"[{string.Join(',', events.Select(Encoding.UTF8.GetString))}]");

    private ValueTask PublishAsync(IChannel channel, byte[] body, Dictionary<string, object?>? headers = null)
    {
        var properties = new BasicProperties { ContentType = Batch, MessageId = "a batch", Headers = headers };
        return channel.BasicPublishAsync("", Queue, mandatory: true, properties, body, Cancelled);
    }

    /// <summary>Counts the messages that the consumer holds and those in the queue.</summary>
    private Task<long> WaitingAsync(DeadLetterService service) => Task.FromResult(service.ConsumedQueue(Queue).Waiting);
}
