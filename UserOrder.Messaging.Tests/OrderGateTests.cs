using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;

namespace UserOrder.Messaging.Tests;

public sealed class OrderGateTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly OrderGate _gate = new();
    private ulong _tag;

    [Fact]
    public void Events_behind_a_postponed_one_wait_and_come_back_in_their_order()
    {
        var (first, second, third, fourth) = (Event("a"), Event("a"), Event("a"), Event("a"));

        // The third arrives after the batch with the first two, and the fourth after the retry.
        Assert.Equal([second], _gate.Settle([first, second], [new Postponement(first, Pause), new Postponement(second, Pause)]));
        Assert.True(_gate.TryHold(third));
        Assert.False(_gate.TryHold(first with { IsRetry = true }));
        Assert.False(_gate.HasReleased);

        Assert.Empty(_gate.Settle([first with { IsRetry = true }], []));
        Assert.Equal([second.Tag, third.Tag], Released());
        Assert.False(_gate.TryHold(fourth));
    }

    [Fact]
    public void Other_keys_and_events_without_a_key_pass()
    {
        var (first, without) = (Event("a"), Event(null));

        Assert.Empty(_gate.Settle([first, without], [new Postponement(first, Pause), new Postponement(without, Pause)]));

        Assert.False(_gate.TryHold(Event("b")));
        Assert.False(_gate.TryHold(Event(null)));
        Assert.True(_gate.TryHold(Event("a")));
    }

    [Fact]
    public void A_released_event_that_fails_holds_up_the_rest_again()
    {
        var (first, second, third) = (Event("a"), Event("a"), Event("a"));
        _gate.Settle([first], [new Postponement(first, Pause)]);
        Assert.True(_gate.TryHold(second));
        Assert.True(_gate.TryHold(third));
        _gate.Settle([first], []);

        // A batch has room for the second only.
        Assert.True(_gate.TryTakeReleased(out var released));
        Assert.False(_gate.TryHold(released));
        _gate.Settle([released], [new Postponement(released, Pause)]);
        Assert.True(_gate.TryTakeReleased(out var next));
        Assert.Equal(third.Tag, next.Tag);
        Assert.True(_gate.TryHold(next));

        _gate.Settle([released], []);
        Assert.Equal([third.Tag], Released());
    }

    [Fact]
    public void A_retry_that_fails_again_keeps_the_events_behind_it()
    {
        var (first, second) = (Event("a"), Event("a"));
        _gate.Settle([first], [new Postponement(first, Pause)]);
        Assert.True(_gate.TryHold(second));

        _gate.Settle([first], [new Postponement(first, Pause)]);

        Assert.False(_gate.HasReleased);
        _gate.Settle([first], []);
        Assert.Equal([second.Tag], Released());
    }

    private Delivery Event(string? key) =>
        new(new DeliveredMessage(++_tag, bytes: 0), new BasicProperties(), ReadOnlyMemory<byte>.Empty) { OrderingKey = key };

    private List<ulong> Released()
    {
        var tags = new List<ulong>();
        while (_gate.TryTakeReleased(out var delivery))
        {
            Assert.True(delivery.WasHeld);
            tags.Add(delivery.Tag);
        }

        return tags;
    }
}
