using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Telemetry;

/// <summary>
/// The instruments of the reliable path. <c>messaging.*</c> follows OpenTelemetry's conventions; <c>userorder.*</c> covers what the
/// conventions lack. No label has more values than there are queues, event types or kinds of failure.
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

    // The convention's boundaries and two smaller ones, because a broker on the same machine confirms within 5 ms.
    private static readonly InstrumentAdvice<double> OperationBuckets =
        new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private static readonly InstrumentAdvice<double> LagBuckets =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] };

    private static readonly InstrumentAdvice<int> BatchBuckets =
        new() { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] };

    internal MessagingTelemetry(IMeterFactory meters, IConnectionFactory broker, IOptions<MessagingOptions> options)
    {
        Exchange = options.Value.Exchange;
        Broker = (broker as ConnectionFactory)?.Endpoint;
        Meter = meters.Create(Name);
        Sent = Meter.CreateCounter<long>(
            "messaging.client.sent.messages", "{message}", "Messages that the relay sent; error.type marks those not confirmed.");
        SendDuration = Meter.CreateHistogram(
            "messaging.client.operation.duration", "s", "From the first publish of a batch to its last confirm.", advice: OperationBuckets);
        BatchSize = Meter.CreateHistogram(
            "userorder.batch.size", "{message}", "Size of a group commit, relay claim or consumer transaction.", advice: BatchBuckets);
        Consumed = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages that the broker delivered.");
        ProcessDuration = Meter.CreateHistogram(
            "messaging.process.duration", "s", "Duration of one attempt to apply and commit a batch.", advice: OperationBuckets);
        Lag = Meter.CreateHistogram(
            "userorder.event.lag", "s", "From the time of an event to the commit of its effect in the other service.", advice: LagBuckets);
        FromFuture = Meter.CreateCounter<long>(
            "userorder.event.from_future", "{message}", "Applied events whose time was over a minute ahead of this service's clock.");
        Duplicates = Meter.CreateCounter<long>("userorder.inbox.duplicates", "{message}", "Duplicate events that the inbox skipped.");
        Retries = Meter.CreateCounter<long>("userorder.handler.retries", "{message}", "Events postponed because their handler failed.");
        DeadLetters = Meter.CreateCounter<long>(
            "userorder.dead_letters", "{message}", "Messages that became dead letters, by kind of failure.");
    }

    /// <summary>The meter on which other components register their gauges.</summary>
    internal Meter Meter { get; }

    /// <summary>The exchange, which is the first part of each destination's name.</summary>
    internal string Exchange { get; }

    /// <summary>The broker's address; null if the connection factory does not expose it.</summary>
    internal AmqpTcpEndpoint? Broker { get; }

    internal Counter<long> Sent { get; }

    internal Histogram<double> SendDuration { get; }

    internal Histogram<int> BatchSize { get; }

    internal Counter<long> Consumed { get; }

    internal Histogram<double> ProcessDuration { get; }

    internal Histogram<double> Lag { get; }

    internal Counter<long> FromFuture { get; }

    internal Counter<long> Duplicates { get; }

    internal Counter<long> Retries { get; }

    internal Counter<long> DeadLetters { get; }

    internal void RecordBatch(string stage, int size) =>
        BatchSize.Record(size, new KeyValuePair<string, object?>("userorder.stage", stage));
}
