using System.Diagnostics.Metrics;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Broker;

/// <summary>The progress of all subscribed queues.</summary>
internal sealed class ConsumedQueues
{
    /// <param name="subscribed">The queues.</param>
    /// <param name="pauses">Knows which consumers are paused.</param>
    /// <param name="telemetry">Exposes a gauge.</param>
    /// <param name="time">The clock that times a stall.</param>
    public ConsumedQueues(IEnumerable<SubscribedQueue> subscribed, PauseWatch pauses, MessagingTelemetry telemetry, TimeProvider time)
    {
        All = [.. subscribed.Select(queue => new ConsumedQueue(queue, pauses.Of(queue.Name), time))];
        telemetry.Meter.CreateObservableGauge(
            "userorder.consumer.stalled", Measure, "s", "How long messages have waited while this replica settled none.");
    }

    public IReadOnlyList<ConsumedQueue> All { get; }

    public ConsumedQueue Of(string queue) => All.First(consumed => consumed.Name == queue);

    private IEnumerable<Measurement<double>> Measure() =>
        from queue in All
        select new Measurement<double>(queue.Stalled.TotalSeconds, new KeyValuePair<string, object?>("userorder.queue", queue.Name));
}
