using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Samples;

/// <summary>The consumers in other languages count the orders that OrderApi announces.</summary>
public sealed class ConsumerTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string Type = "order.placed.v1";
    private const string Single = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    // Fewer than the prefetch count, because the test holds all acknowledgements.
    private const int Orders = 61;

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task Orders_of_both_forms_count_once_despite_a_kill_before_their_acknowledgement_and_copies(string language)
    {
        RequireOwnGraph();
        var sample = await SampleLanguage.OfAsync(language);
        await using var login = await SampleLogin.AddAsync(Graph, language);
        await using var proxy = new TcpProxy(login.Broker.Host, login.Broker.Port);
        var channel = await OpenChannelAsync();
        var copies = await channel.CopyEventsAsync(Type, Cancelled);
        await using var consumer = new SampleConsumer(sample, new UriBuilder(login.Broker) { Port = proxy.Port }.Uri, channel);
        await consumer.StartAsync();

        proxy.Mode = ProxyMode.HoldRequests;
        var userId = await CreateUserAsync();
        var messages = await PlaceOrdersAsync(channel, copies, userId);
        await Until.EqualAsync(Orders, "the sample counts every order", () => consumer.CountAsync(userId));
        await Until.EqualAsync((long)Orders, "UserApi counts every order", () => OrderCountAsync(userId));

        var killed = consumer.KillAsync();
        proxy.Mode = ProxyMode.HalfOpen;
        await killed;
        Assert.Equal((uint)messages.Count, await channel.MessageCountAsync(sample.Queue, Cancelled));
        proxy.Mode = ProxyMode.Forward;
        await consumer.StartAsync();
        foreach (var message in messages)
        {
            await PublishAsync(channel, sample.Queue, message.BasicProperties.ContentType!, message.Body.ToArray());
        }

        // The queue is FIFO, so the last message becomes a dead letter after all others.
        await PublishAsync(channel, sample.Queue, Single, "order"u8.ToArray());
        await Until.EqualAsync(1u, "the last is a dead letter", () => channel.MessageCountAsync($"{sample.Queue}.dead", Cancelled));
        Assert.Equal(Orders, await consumer.CountAsync(userId));
        await Until.EqualAsync(0u, "its queue is empty", () => channel.MessageCountAsync(sample.Queue, Cancelled));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task Unreadable_events_become_dead_letters_with_a_reason_and_their_neighbours_count(string language)
    {
        RequireOwnGraph();
        var sample = await SampleLanguage.OfAsync(language);
        await using var login = await SampleLogin.AddAsync(Graph, language);
        var channel = await OpenChannelAsync();
        await using var consumer = new SampleConsumer(sample, login.Broker, channel);
        await consumer.StartAsync();
        var userId = Guid.NewGuid();
        string[] inArray =
        [
            "7",
            "null",
            TextOf(TestEvents.Envelope(Guid.NewGuid(), "order.placed.v2", new JsonObject { ["userId"] = userId })),
            TextOf(TestEvents.Envelope(Guid.NewGuid(), Type, new JsonObject { ["userId"] = 5 })),
            TextOf(TestEvents.Envelope(Guid.NewGuid(), Type, new JsonArray())),
        ];
        (string Form, string Body)[] whole =
            [(Single, "{"), (Single, "[]"), (Batch, "[]"), (Batch, "{}"), (Batch, new string('[', 100_000))];

        string[] array = [.. inArray, TextOf(TestEvents.OrderPlaced(Guid.NewGuid(), userId))];
        await PublishAsync(channel, sample.Queue, Batch, Encoding.UTF8.GetBytes($"[{string.Join(',', array)}]"));
        foreach (var (form, body) in whole)
        {
            await PublishAsync(channel, sample.Queue, form, Encoding.UTF8.GetBytes(body));
        }

        await PublishAsync(channel, sample.Queue, Single, TestEvents.OrderPlaced(Guid.NewGuid(), userId));

        await Until.EqualAsync(2, "both orders count", () => consumer.CountAsync(userId));
        var letters = new List<BasicGetResult>();
        await Until.EqualAsync(inArray.Length + whole.Length, "the others are dead letters", TakeAsync);
        Assert.Equal(
            [.. inArray.Select(body => (Single, Normal(body))), .. whole],
            letters.Select(letter => (letter.BasicProperties.ContentType!, Normal(TextOf(letter.Body.Span)))));
        Assert.All(letters, letter =>
        {
            Assert.NotEmpty(HeaderOf(letter, "x-reason"));
            Assert.Equal(sample.Queue, HeaderOf(letter, "x-queue"));
            Assert.Equal(DeliveryModes.Persistent, letter.BasicProperties.DeliveryMode);
        });

        async Task<int> TakeAsync()
        {
            while (await channel.BasicGetAsync($"{sample.Queue}.dead", autoAck: true, Cancelled) is { } letter)
            {
                letters.Add(letter);
            }

            return letters.Count;
        }
    }

    /// <summary>Places one order alone and others at once.</summary>
    /// <returns>The messages with their events, of both forms.</returns>
    private async Task<List<BasicGetResult>> PlaceOrdersAsync(IChannel channel, string copies, Guid userId)
    {
        var messages = new List<BasicGetResult>();
        await PlaceAsync();
        await Until.EqualAsync(1, "the first order is published", TakeAsync);
        await Task.WhenAll(Enumerable.Range(1, Orders - 1).Select(_ => PlaceAsync()));
        await Until.EqualAsync(Orders, "all orders are published", TakeAsync);
        Assert.Contains(messages, message => message.BasicProperties.ContentType == Single);
        Assert.Contains(messages, message => message.BasicProperties.ContentType == Batch);
        return messages;

        async Task PlaceAsync()
        {
            using var response = await PlaceOrderAsync(userId);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }

        async Task<int> TakeAsync()
        {
            while (await channel.BasicGetAsync(copies, autoAck: true, Cancelled) is { } message)
            {
                messages.Add(message);
            }

            return messages.Sum(message => TestEvents.EventsIn(message).Count());
        }
    }

    private static ValueTask PublishAsync(IChannel channel, string queue, string contentType, byte[] body) =>
        channel.BasicPublishAsync(
            "", queue, mandatory: true, new BasicProperties { ContentType = contentType, Persistent = true }, body, Cancelled);

    private static string TextOf(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body);

    /// <summary>Without the spaces that a language writes between the tokens of JSON. The events of this test have no other.</summary>
    private static string Normal(string json) => json.Replace(" ", "", StringComparison.Ordinal);

    private static string HeaderOf(BasicGetResult letter, string name) =>
        Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers![name]!);
}
