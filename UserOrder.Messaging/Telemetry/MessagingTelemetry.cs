using System.Diagnostics;
using System.Diagnostics.Metrics;
using Polly.CircuitBreaker;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Telemetry;

/// <summary>The spans and instruments of the reliable path, by OpenTelemetry's messaging conventions where they have a name for it.</summary>
/// <remarks>https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/.</remarks>
public sealed class MessagingTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "UserOrder.Messaging";

    private static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter;
    private readonly Counter<long> _published;
    private readonly Counter<long> _consumed;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _lag;

    /// <summary>Creates the instruments.</summary>
    public MessagingTelemetry(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(Name);
        _published = _meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages the relay published, by outcome.");
        _consumed = _meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Events that took effect.");
        _duplicates = _meter.CreateCounter<long>("userorder.inbox.duplicates", "{message}", "Events that were delivered again and skipped.");
        _deadLetters = _meter.CreateCounter<long>("userorder.dead_letters", "{message}", "Messages that became dead letters.");
        _lag = _meter.CreateHistogram(
            "userorder.event.lag",
            "s",
            "From an event's time to the commit of its effect in the other service.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });
    }

    internal void Observe(IReadOnlyList<Circuit> circuits) =>
        _meter.CreateObservableGauge(
            "userorder.circuit_breaker.state",
            () => circuits.Select(circuit => new Measurement<int>(
                circuit.State switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 },
                new KeyValuePair<string, object?>("userorder.circuit_breaker.name", circuit.Name))),
            description: "0 closed, 1 half-open, 2 open.");

    internal void Observe(OutboxBacklog backlog)
    {
        _meter.CreateObservableGauge("userorder.outbox.rows", () => backlog.Rows, "{message}", "Events that wait in the outbox.");
        _meter.CreateObservableGauge("userorder.outbox.age", () => backlog.Age.TotalSeconds, "s", "How long the oldest event has waited in the outbox.");
    }

    /// <summary>A request's share of a group commit: from its arrival to the commit.</summary>
    internal static Activity? StartWrite(string name) =>
        Activities.StartActivity(name, ActivityKind.Client)?.SetTag("db.system.name", "postgresql");

    internal static Activity? StartPublish(OutboxMessage message, string exchange)
    {
        // An event without an origin gets no trace of its own making.
        if (!Activities.HasListeners() || !ActivityContext.TryParse(message.TraceParent, message.TraceState, isRemote: false, out var origin))
        {
            return null;
        }

        var activity = Activities.StartActivity($"send {message.Type}", ActivityKind.Producer, origin);
        return Detached(SetMessaging(activity, "send", exchange, message.Type, message.Id.ToString()));
    }

    internal static void EndPublish(Activity? activity, PublishOutcome outcome)
    {
        if (outcome != PublishOutcome.Confirmed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, outcome.ToString());
        }

        activity?.Dispose();
    }

    internal static Activity? StartProcess(string queue, string type, Guid id, ActivityContext parent)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        var activity = Activities.StartActivity($"process {queue}", ActivityKind.Consumer, parent);
        return Detached(SetMessaging(activity, "process", queue, type, id.ToString()));
    }

    internal static Activity? StartBatch(string queue, IEnumerable<Activity> messages, int count)
    {
        var links = messages.Select(message => new ActivityLink(message.Context));
        var activity = Activities.StartActivity($"process {queue} batch", ActivityKind.Consumer, parentContext: default, links: links);
        activity?.SetTag("messaging.batch.message_count", count);
        return SetMessaging(activity, "process", queue, type: null, id: null);
    }

    internal void RecordPublished(IReadOnlyList<OutboxMessage> messages, IReadOnlyList<PublishOutcome> outcomes)
    {
        foreach (var ((type, outcome), count) in messages.Zip(outcomes, (message, outcome) => (message.Type, outcome)).CountBy(published => published))
        {
            var tags = new TagList { { "messaging.system", "rabbitmq" }, { "messaging.destination.name", type } };
            if (outcome != PublishOutcome.Confirmed)
            {
                tags.Add("error.type", outcome == PublishOutcome.Rejected ? "rejected" : "unconfirmed");
            }

            _published.Add(count, tags);
        }
    }

    internal void RecordConsumed(string queue, TimeSpan lag)
    {
        var tags = new TagList { { "messaging.system", "rabbitmq" }, { "messaging.destination.name", queue } };
        _consumed.Add(1, tags);
        _lag.Record(lag.TotalSeconds, tags);
    }

    internal void RecordDuplicates(string queue, int count) => _duplicates.Add(count, new KeyValuePair<string, object?>("messaging.destination.name", queue));

    internal void RecordDeadLetter(string queue) => _deadLetters.Add(1, new KeyValuePair<string, object?>("messaging.destination.name", queue));

    /// <summary>Reports how many dead letters wait, per queue, whenever it is asked for.</summary>
    internal void ObserveDeadLetters(Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge("userorder.dead_letters.waiting", observe, "{message}", "Dead letters that wait for an operator.");

    /// <summary>Starting a span makes it the current one. These run side by side, and the next one is not a child of the last.</summary>
    private static Activity? Detached(Activity? activity)
    {
        Activity.Current = null;
        return activity;
    }

    private static Activity? SetMessaging(Activity? activity, string operation, string destination, string? type, string? id) =>
        activity?
            .SetTag("messaging.system", "rabbitmq")
            .SetTag("messaging.operation.type", operation)
            .SetTag("messaging.operation.name", operation)
            .SetTag("messaging.destination.name", destination)
            .SetTag("messaging.rabbitmq.destination.routing_key", type)
            .SetTag("messaging.message.id", id);
}
