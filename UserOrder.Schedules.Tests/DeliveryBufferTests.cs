using System.Text;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Schedules.Tests.Scheduling;
using IChannel = UserOrder.Messaging.Consumer.IChannel;

namespace UserOrder.Schedules.Tests;

/// <summary>
/// Each message is acknowledged once, after all its events, whatever arrives, is postponed and retried meanwhile. In the end none is held.
/// On an ordered queue, events with the same ordering key are applied in their order.
/// </summary>
public sealed class DeliveryBufferTests
{
    private const int Messages = 8;
    private const int Keys = 2;

    [Fact]
    public void Every_message_is_acknowledged_once_and_after_all_its_events() => Exploration.Holds(ConsumeInAnyOrderAsync);

    [Fact]
    public void Events_of_a_key_are_applied_in_their_order() => Exploration.Holds(ConsumeInOrderAsync);

    [Fact]
    public void A_lost_message_of_an_ordered_queue_is_found() =>
        Exploration.Finds(Defects.LostSignals, ConsumeInOrderAsync, "waits for ever", "acknowledged before its events");

    [Fact]
    public void A_count_of_messages_that_is_not_atomic_is_found() =>
        Exploration.Finds(Defects.NoAtomicity, ConsumeInAnyOrderAsync, "are held");

    [Fact]
    public void A_lost_message_is_found() =>
        Exploration.Finds(Defects.LostSignals, ConsumeInAnyOrderAsync, "waits for ever", "acknowledged before its events");

    private static Task ConsumeInAnyOrderAsync(Scheduler scheduler) => ConsumeAsync(scheduler, isOrdered: false);

    private static Task ConsumeInOrderAsync(Scheduler scheduler) => ConsumeAsync(scheduler, isOrdered: true);

    private static async Task ConsumeAsync(Scheduler scheduler, bool isOrdered)
    {
        var channel = new Acknowledgements();
        var lastTags = new Dictionary<string, ulong>();
        var queue = new ConsumedQueue(
            new SubscribedQueue("a queue", "thing.happened.v1", IsOrdered: isOrdered), new PauseSwitch(), scheduler.Time);
        using var buffer = new DeliveryBuffer(
            channel,
            queue,
            new DeliverySplitter(Options.Create(new MessagingOptions())),
            maxBytes: int.MaxValue,
            new Pace(TimeSpan.FromMilliseconds(25), scheduler.Time),
            scheduler.Time);
        var broker = scheduler.Spawn("broker", async () =>
        {
            for (var tag = 1UL; tag <= Messages; tag++)
            {
                await scheduler.PauseAsync();
                channel.Deliver(tag, EventsOf(tag));
                buffer.Add(DeliveryOf(tag));
            }
        });
        var consumer = scheduler.Spawn("consumer", async () =>
        {
            while (channel.Acknowledged < Messages)
            {
                var batch = await buffer.TakeAsync(limit: 3, CancellationToken.None);
                await scheduler.PauseAsync();
                var context = new BatchContext(CancellationToken.None);
                foreach (var delivery in batch.SelectMany(next => context.PostponeHeld([next], held => held)))
                {
                    if (scheduler.Random.Next(4) == 0)
                    {
                        var pause = TimeSpan.FromMilliseconds(10 * scheduler.Random.Next(1, 10));
                        context.Postponed.Add(new Postponement(delivery, pause));
                        continue;
                    }

                    channel.Apply(delivery.Tag);
                    if (delivery.OrderingKey is { } key)
                    {
                        Assert.True(lastTags.GetValueOrDefault(key) <= delivery.Tag, $"An event of {key} is applied too early.");
                        lastTags[key] = delivery.Tag;
                    }
                }

                await buffer.SettleAsync(batch, context.Postponed, CancellationToken.None);
            }
        });
        await Task.WhenAll(broker, consumer);

        Assert.Equal(isOrdered ? Keys : 0, lastTags.Count);
        Assert.True(queue.Held == 0, $"{queue.Held} messages of the queue are held.");
        buffer.Dispose();
        Assert.True(queue.Waiting == 0, $"{queue.Waiting} messages of the buffer are held.");
    }

    /// <summary>Every third message has two events.</summary>
    private static int EventsOf(ulong tag) => tag % 3 == 0 ? 2 : 1;

    private static BasicDeliverEventArgs DeliveryOf(ulong tag)
    {
        var isBatch = EventsOf(tag) > 1;
        var (first, second) = ($$"""{"id":"1","partitionkey":"{{tag % Keys}}"}""", $$"""{"id":"2","partitionkey":"{{tag % Keys}}"}""");
        var body = isBatch ? $"[{first},{second}]" : first;
        var format = isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json";
        var properties = new BasicProperties { ContentType = format };
        return new BasicDeliverEventArgs(
            "consumer", tag, redelivered: false, "exchange", "key", properties, Encoding.UTF8.GetBytes(body), CancellationToken.None);
    }

    /// <summary>A broker's channel, and what the consumer has applied.</summary>
    private sealed class Acknowledgements : IChannel
    {
        private readonly SortedDictionary<ulong, int> _unacknowledged = [];

        public int Acknowledged { get; private set; }

        public void Deliver(ulong tag, int events) => _unacknowledged.Add(tag, events);

        public void Apply(ulong tag) => _unacknowledged[tag]--;

        public async ValueTask BasicAckAsync(ulong deliveryTag, bool multiple, CancellationToken cancellationToken)
        {
            var covered = _unacknowledged.Where(message => multiple ? message.Key <= deliveryTag : message.Key == deliveryTag).ToList();

            // For an unknown tag the broker closes the channel.
            Assert.Contains(deliveryTag, covered.Select(message => message.Key));
            Assert.All(covered, message => Assert.True(message.Value == 0, $"Message {message.Key} is acknowledged before its events."));
            covered.ForEach(message => _unacknowledged.Remove(message.Key));
            Acknowledged += covered.Count;
            await Task.Yield();
        }
    }
}
