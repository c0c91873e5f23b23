using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using RabbitMQ.Client;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Telemetry;

/// <summary>
/// The instruments of the reliable path: <c>messaging.*</c> by OpenTelemetry's conventions, <c>userorder.*</c> for what they have no name
/// for. No label takes more values than there are queues, event types or kinds of failure.
/// </summary>
/// <remarks>
/// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/ and
/// https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/.
/// </remarks>
public sealed class MessagingTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "UserOrder.Messaging";

    internal const string WriteStage = "write";
    internal const string RelayStage = "relay";
    internal const string ConsumerStage = "consumer";

    // The convention's boundaries, and two more below them: on one machine the broker confirms within 5 ms.
    private static readonly InstrumentAdvice<double> OperationBuckets =
        new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private static readonly InstrumentAdvice<double> LagBuckets =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] };

    private static readonly InstrumentAdvice<int> BatchBuckets = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] };

    private readonly Meter _meter;
    private readonly string _exchange;
    private readonly AmqpTcpEndpoint? _broker;
    private readonly ConcurrentDictionary<string, string> _destinations = new();
    private readonly Counter<long> _sent;
    private readonly Histogram<double> _sendDuration;
    private readonly Histogram<int> _batchSize;

    /// <summary>Creates the instruments.</summary>
    public MessagingTelemetry(IMeterFactory meters, IConnectionFactory broker, IOptions<MessagingOptions> options)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(options);
        _exchange = options.Value.Exchange;
        _broker = (broker as ConnectionFactory)?.Endpoint;
        _meter = meters.Create(Name);
        _sent = _meter.CreateCounter<long>(
            "messaging.client.sent.messages", "{message}", "Messages that the relay sent; error.type tells why the broker did not take one.");
        _sendDuration = _meter.CreateHistogram(
            "messaging.client.operation.duration", "s", "From the first publish of a batch to its last confirm.", advice: OperationBuckets);
        _batchSize = _meter.CreateHistogram(
            "userorder.batch.size", "{message}", "How many shared a commit of requests, a claim of the relay or a transaction of a consumer.", advice: BatchBuckets);
        Consumed = _meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages that the broker delivered.");
        ProcessDuration = _meter.CreateHistogram(
            "messaging.process.duration", "s", "How long one attempt took to apply and commit a batch.", advice: OperationBuckets);
        Lag = _meter.CreateHistogram(
            "userorder.event.lag", "s", "From the time of an event to the commit of its effect in the other service.", advice: LagBuckets);
        Duplicates = _meter.CreateCounter<long>("userorder.inbox.duplicates", "{message}", "Events that were delivered again and skipped.");
        Retries = _meter.CreateCounter<long>("userorder.handler.retries", "{message}", "Events whose handler failed and that were put aside for another attempt.");
        DeadLetters = _meter.CreateCounter<long>("userorder.dead_letters", "{message}", "Messages that became dead letters, by kind of failure.");
    }

    internal Counter<long> Consumed { get; }

    internal Histogram<double> ProcessDuration { get; }

    internal Histogram<double> Lag { get; }

    internal Counter<long> Duplicates { get; }

    internal Counter<long> Retries { get; }

    internal Counter<long> DeadLetters { get; }

    /// <summary>The share of one subscription.</summary>
    internal ConsumerTelemetry ForConsumer(string queue, string type) => new(this, queue, $"{_exchange}:{type}:{queue}", _broker);

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

    /// <summary>Reports how many dead letters wait, per queue, whenever it is asked for.</summary>
    internal void ObserveDeadLetters(Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge("userorder.dead_letters.waiting", observe, "{message}", "Dead letters that wait for an operator.");

    internal void RecordBatch(string stage, int size) => _batchSize.Record(size, new KeyValuePair<string, object?>("userorder.stage", stage));

    internal Activity? StartPublish(OutboxMessage message) =>
        MessagingSpans.AreWanted ? MessagingSpans.StartPublish(message, DestinationOf(message.Type), _broker) : null;

    internal void RecordPublished(IReadOnlyList<OutboxMessage> messages, IReadOnlyList<PublishOutcome> outcomes, TimeSpan duration)
    {
        RecordBatch(RelayStage, messages.Count);
        _sendDuration.Record(duration.TotalSeconds, PublishTags(_exchange));
        if (_sent.Enabled)
        {
            foreach (var ((type, outcome), count) in messages.Zip(outcomes, (message, outcome) => (message.Type, outcome)).CountBy(sent => sent))
            {
                CountSent(DestinationOf(type), outcome, count);
            }
        }
    }

    /// <summary>The exchange and the routing key, as the conventions for RabbitMQ have it.</summary>
    private string DestinationOf(string type)
    {
        if (!_destinations.TryGetValue(type, out var destination))
        {
            destination = _destinations.GetOrAdd(type, $"{_exchange}:{type}");
            foreach (var outcome in Enum.GetValues<PublishOutcome>())
            {
                // A series that begins with its first failure would hide that failure from a rate.
                CountSent(destination, outcome, count: 0);
            }
        }

        return destination;
    }

    private void CountSent(string destination, PublishOutcome outcome, int count)
    {
        var tags = PublishTags(destination);
        if (outcome != PublishOutcome.Confirmed)
        {
            tags.Add("error.type", MessagingSpans.ErrorTypeOf(outcome));
        }

        _sent.Add(count, tags);
    }

    private TagList PublishTags(string destination) => MessagingSpans.Tags("publish", destination, _broker);
}
