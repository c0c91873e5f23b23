using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Properties;

/// <summary>Any message in a queue takes effect once or becomes one dead letter with a reason, and does not block the queue.</summary>
public sealed class QueuePropertyTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const int BatchSize = 20;

    [Fact]
    public async Task Any_order_message_takes_effect_once_or_becomes_one_dead_letter()
    {
        var queue = new QueueUnderTest(
            "user-api.order-placed",
            "order.placed.v1",
            "userdb",
            "select count(*) from order_totals where user_id = any($1) and order_count = 1");
        await AssertEveryMessageEndsOnceAsync(
            queue,
            ArbitraryMessages.For(
                queue.Name, queue.Type, ("userId", Gen.Constant("\"{entity}\"")), ("placedAt", ArbitraryMessages.EntityTimes)));
    }

    [Fact]
    public async Task Any_user_message_takes_effect_once_or_becomes_one_dead_letter()
    {
        var queue = new QueueUnderTest(
            "order-api.user-created", "user.created.v1", "orderdb", "select count(*) from known_users where id = any($1)");
        await AssertEveryMessageEndsOnceAsync(queue, ArbitraryMessages.For(queue.Name, queue.Type, ("id", Gen.Constant("\"{entity}\""))));
    }

    private async Task AssertEveryMessageEndsOnceAsync(QueueUnderTest queue, Gen<MessageInput> messages)
    {
        var channel = await OpenChannelAsync();
        var database = await OpenDatabaseAsync(queue.Database);
        await channel.QueuePurgeAsync(queue.DeadLetters, Cancelled);
        await Property.HoldsAsync(messages, input => input.Smaller(), BatchSize, async inputs =>
        {
            var sent = new List<SentMessage>();
            foreach (var input in inputs)
            {
                sent.Add(await SendAsync(channel, queue, input));
            }

            await AssertEndsOnceAsync(channel, database, queue, sent);
            await AssertConsumingAsync(channel, database, queue);
        });
    }

    private static async Task<SentMessage> SendAsync(IChannel channel, QueueUnderTest queue, MessageInput input)
    {
        var sent = new SentMessage(input, EventId: Guid.NewGuid(), EntityId: Guid.NewGuid());
        var body = input.Body
            .Replace("{guid}", $"{sent.EventId}", StringComparison.Ordinal)
            .Replace("{GUID}", $"{sent.EventId}".ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("{entity}", $"{sent.EntityId}", StringComparison.Ordinal);
        await channel.BasicPublishAsync(
            input.IsThroughExchange ? "user-order.events" : "",
            input.IsThroughExchange ? queue.Type : queue.Name,
            mandatory: true,
            new BasicProperties(input.Properties) { MessageId = $"{sent.EventId}", Headers = input.Properties.Headers?.ToDictionary() },
            Octets.ToBytes(body),
            Cancelled);
        return sent;
    }

    private static async Task AssertEndsOnceAsync(IChannel channel, NpgsqlDataSource database, QueueUnderTest queue, List<SentMessage> sent)
    {
        var dead = new Dictionary<string, int>();
        var committed = new HashSet<Guid>();
        await Until.EqualAsync("", $"every message of {queue.Name} took effect or is a dead letter", async () =>
        {
            await DrainAsync(channel, queue, dead);
            committed = await InboxAsync(database, queue, sent);
            var open = sent.Where(message => !dead.ContainsKey($"{message.EventId}") && !committed.Contains(message.EventId));
            return string.Join(", ", open.Select(message => message.Input));
        });
        await Until.EqualAsync(0u, $"{queue.Name} is empty", () => channel.MessageCountAsync(queue.Name, Cancelled));
        await DrainAsync(channel, queue, dead);

        foreach (var message in sent)
        {
            var deaths = dead.GetValueOrDefault($"{message.EventId}");
            var effects = committed.Contains(message.EventId) ? 1 : 0;
            Assert.True(deaths + effects == 1, $"{deaths} dead letters and {effects} effects: {message.Input}");
            Assert.True(deaths == 0 || !message.Input.MustTakeEffect, $"A dead letter: {message.Input}");
        }

        var must = sent.Where(message => message.Input.MustTakeEffect).Select(message => message.EntityId).ToArray();
        Assert.Equal(must.Length, await CountAsync(database, queue.CountEffects, must));
    }

    private static async Task<HashSet<Guid>> InboxAsync(NpgsqlDataSource database, QueueUnderTest queue, List<SentMessage> sent)
    {
        await using var command = database.CreateCommand("select event_id from inbox where event_id = any($1) and queue = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = sent.Select(message => message.EventId).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = queue.Name });
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var ids = new HashSet<Guid>();
        while (await reader.ReadAsync(Cancelled))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static async Task DrainAsync(IChannel channel, QueueUnderTest queue, Dictionary<string, int> dead)
    {
        while (await channel.BasicGetAsync(queue.DeadLetters, autoAck: true, Cancelled) is { } letter)
        {
            var id = letter.BasicProperties.MessageId!;
            var headers = new Dictionary<string, object?>(letter.BasicProperties.Headers!);

            // For an expired message the broker gives the reason in x-death.
            var hasReason = headers.GetValueOrDefault("x-reason") is byte[] { Length: > 0 } || headers.ContainsKey("x-death");
            Assert.True(hasReason, $"No reason: {id}");

            // The broker counts redeliveries. One would mean that this message or a concurrent one broke the consumer's channel.
            Assert.True(headers.GetValueOrDefault("x-delivery-count") is null or 0L, $"Delivered more than once: {id}");
            dead[id] = dead.GetValueOrDefault(id) + 1;
        }
    }

    /// <summary>Asserts that the next valid event takes effect.</summary>
    private static async Task AssertConsumingAsync(IChannel channel, NpgsqlDataSource database, QueueUnderTest queue)
    {
        var next = new MessageInput(
            IsThroughExchange: true,
            $$$"""
            {"specversion":"1.0","id":"{guid}","source":"/a-test","type":"{{{queue.Type}}}","time":"2100-01-01T00:00:00Z",
            "data":{"id":"{entity}","userId":"{entity}","placedAt":"2026-01-01T00:00:00Z"}}
            """,
            new BasicProperties(),
            MustTakeEffect: true);
        var sent = await SendAsync(channel, queue, next);
        await Until.EqualAsync(
            1, $"the next event of {queue.Name} takes effect", () => CountAsync(database, queue.CountEffects, new[] { sent.EntityId }));
    }

    private sealed record QueueUnderTest(string Name, string Type, string Database, string CountEffects)
    {
        public string DeadLetters => $"{Name}.dead";
    }

    private sealed record SentMessage(MessageInput Input, Guid EventId, Guid EntityId);
}
