using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Tests;

public sealed class ConsumedQueueTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly PauseSwitch _pause = new();
    private readonly ConsumedQueue _queue;

    public ConsumedQueueTests() => _queue = new ConsumedQueue(new SubscribedQueue("things", "thing.v1"), _pause, _time);

    [Fact]
    public void An_empty_queue_is_not_stalled()
    {
        _time.Advance(Minute);
        _queue.Deliver();
        _queue.Settle(1);
        _queue.Count(new QueueCount(0, Consumers: 1));
        _time.Advance(Minute);

        Assert.Equal(TimeSpan.Zero, _queue.Stalled);
        Assert.Equal(0, _queue.Waiting);
    }

    [Fact]
    public void A_held_message_stalls_the_queue_from_its_delivery_or_the_last_settled_one()
    {
        _time.Advance(Minute);
        _queue.Deliver();
        _queue.Deliver();
        _time.Advance(Minute);
        Assert.Equal(Minute, _queue.Stalled);

        _queue.Settle(1);
        Assert.Equal(TimeSpan.Zero, _queue.Stalled);

        _time.Advance(2 * Minute);
        _queue.Deliver();
        Assert.Equal(2 * Minute, _queue.Stalled);
        Assert.Equal(2, _queue.Waiting);
    }

    [Fact]
    public void An_attempt_that_settles_none_is_no_progress()
    {
        _queue.Deliver();
        _time.Advance(Minute);
        _queue.Settle(0);

        Assert.Equal(Minute, _queue.Stalled);
    }

    [Fact]
    public void Messages_in_the_queue_stall_it_although_none_is_delivered()
    {
        _queue.Count(new QueueCount(3, Consumers: 1));
        _time.Advance(Minute);
        _queue.Count(new QueueCount(4, Consumers: 1));

        Assert.Equal(Minute, _queue.Stalled);
        Assert.Equal(4, _queue.Waiting);

        _queue.Count(new QueueCount(0, Consumers: 1));
        Assert.Equal(TimeSpan.Zero, _queue.Stalled);
    }

    [Fact]
    public void The_latest_count_is_the_answer_of_the_broker_and_does_not_change_until_the_next()
    {
        Assert.Null(_queue.LatestCount);
        _queue.Deliver();
        _queue.Deliver();
        _queue.Settle(1);

        _queue.Count(new QueueCount(3, Consumers: 2));
        _queue.Deliver();

        Assert.Equal(new QueueCount(3, Consumers: 2), _queue.LatestCount);
        Assert.Equal(2, _queue.Held);
    }

    [Fact]
    public void A_count_that_is_older_than_what_was_settled_meanwhile_stalls_nothing()
    {
        _queue.Deliver();
        _queue.Deliver();
        _queue.Settle(1);
        _queue.Settle(1);
        _queue.Count(new QueueCount(2, Consumers: 1));
        _time.Advance(Minute);

        Assert.Equal(TimeSpan.Zero, _queue.Stalled);
    }

    [Fact]
    public void A_lost_channel_is_no_progress()
    {
        _queue.Deliver();
        _time.Advance(Minute);
        _queue.Return(1);
        _queue.Count(new QueueCount(1, Consumers: 1));
        _queue.Deliver();

        Assert.Equal(Minute, _queue.Stalled);
        Assert.Equal(1, _queue.Waiting);
    }

    [Fact]
    public void A_delivered_message_waits_here_instead_of_in_the_queue()
    {
        _queue.Count(new QueueCount(3, Consumers: 1));
        _queue.Deliver();
        Assert.Equal(3, _queue.Waiting);

        _queue.Return(1);
        Assert.Equal(3, _queue.Waiting);

        _queue.Deliver();
        _queue.Settle(1);
        Assert.Equal(2, _queue.Waiting);
    }

    [Fact]
    public void Late_news_of_an_ended_channel_makes_no_message_disappear()
    {
        _queue.Settle(2);
        _queue.Deliver();
        Assert.Equal(1, _queue.Waiting);

        _time.Advance(Minute);
        Assert.Equal(Minute, _queue.Stalled);
    }

    [Fact]
    public void A_paused_consumer_is_not_stalled_and_its_time_starts_with_the_resume()
    {
        _queue.Count(new QueueCount(3, Consumers: 1));
        _time.Advance(Minute);
        _pause.Set(PauseState.Initial("things") with { IsPaused = true });
        Assert.Equal(TimeSpan.Zero, _queue.Stalled);
        _queue.Count(new QueueCount(4, Consumers: 1));
        _time.Advance(Minute);
        Assert.Equal(TimeSpan.Zero, _queue.Stalled);
        Assert.Equal(4, _queue.Waiting);

        _pause.Set(PauseState.Initial("things"));
        Assert.Equal(TimeSpan.Zero, _queue.Stalled);
        _queue.Count(new QueueCount(4, Consumers: 1));
        _time.Advance(Minute);
        Assert.Equal(Minute, _queue.Stalled);
    }

    [Fact]
    public void A_queue_is_declared_once_and_for_all()
    {
        Assert.False(_queue.Declared.IsCompleted);
        _queue.SetDeclared();
        _queue.SetDeclared();

        Assert.True(_queue.Declared.IsCompletedSuccessfully);
        Assert.Equal("things", _queue.Name);
    }

    [Fact]
    public async Task A_gauge_reports_the_stall_of_each_queue()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var telemetry = new MessagingTelemetry(meters, new ConnectionFactory(), Options.Create(new MessagingOptions()));
        using var pauses = new PauseWatch(store: null!, migrator: null!, telemetry, _time, NullLogger<PauseWatch>.Instance);
        var queues = new ConsumedQueues(
            [new SubscribedQueue("tea", "tea.v1"), new SubscribedQueue("milk", "milk.v1")], pauses, telemetry, _time);
        queues.Of("tea").Deliver();
        _time.Advance(Minute);

        var stalled = Gauges.Read<double>(meters, "userorder.consumer.stalled", "userorder.queue");

        Assert.Equal(60, stalled["tea"]);
        Assert.Equal(0, stalled["milk"]);
    }
}
