using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Tests;

/// <summary>Allocation budgets for each step of an event, in bytes on one thread, so that a regression fails a test.</summary>
[Collection(LoneTests.Name)]
public sealed class AllocationTests
{
    private const int Repetitions = 1000;

    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly byte[] Body = CloudEventWriter.Write(
        Thing.Happened, Id, "/a-service", "thing-1", Time, origin: null, new Thing("tea"));

    [Fact]
    public void A_new_id_allocates_nothing() => AssertBudget(0, () => TimeOrderedId.New(Time));

    [Fact]
    public void Writing_an_event_allocates_its_size_and_at_most_64_bytes_more()
    {
        var thing = new Thing("tea");

        AssertBudget(
            Body.Length + 64, () => CloudEventWriter.Write(Thing.Happened, Id, "/a-service", "thing-1", Time, origin: null, thing));
    }

    [Fact]
    public void Reading_an_event_allocates_its_size_and_at_most_512_bytes_more() =>
        AssertBudget(Body.Length + 512, () => CloudEventReader.Read(Thing.Happened, Body));

    [Fact]
    public void A_span_without_a_listener_allocates_nothing()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var telemetry = new MessagingTelemetry(
            services.GetRequiredService<IMeterFactory>(), new ConnectionFactory(), Options.Create(new MessagingOptions()));
        var publishing = new PublishTelemetry(telemetry);
        var consumer = new ConsumerTelemetry(telemetry, "queue", Thing.Happened.Name);
        var message = new OutboxMessage(Id, Thing.Happened.Name, Body, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null);
        var delivery = new Delivery(new DeliveredMessage(1, Body.Length), new BasicProperties(), Body);

        AssertBudget(0, () => PublishTelemetry.End(publishing.Start(message), PublishOutcome.Confirmed));
        AssertBudget(0, () => consumer.StartProcess(delivery, parent: default, "thing-1")?.Dispose());
    }

    [Fact]
    public void Tracking_a_confirm_allocates_at_most_16_bytes()
    {
        const int Count = 500;
        var events = Enumerable.Repeat(new OutboxMessage(Id, Thing.Happened.Name, Body, null, null), Count).ToList();
        var messages = OutgoingMessage.Pack(events, maxEvents: 1, OutgoingMessage.MaxBatchBytes);

        AssertBudget(16 * Count, () =>
        {
            var batch = new PublishBatch(messages, firstTag: 1);
            for (var tag = 1UL; tag <= Count; tag++)
            {
                batch.Settle(tag, multiple: tag % 2 == 0, PublishOutcome.Confirmed);
            }
        });
    }

    private static void AssertBudget(long budget, Action action)
    {
        // The first calls include one-time allocations.
        for (var i = 0; i < Repetitions; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Repetitions; i++)
        {
            action();
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Repetitions;
        Assert.True(each <= budget, $"A call allocates {each} bytes; the budget is {budget}.");
    }
}
