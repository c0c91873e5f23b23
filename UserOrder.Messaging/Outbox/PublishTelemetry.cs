using System.Collections.Concurrent;
using System.Diagnostics;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>Records the metrics and spans of the messages that the relay publishes.</summary>
internal sealed class PublishTelemetry(MessagingTelemetry telemetry)
{
    private readonly ConcurrentDictionary<string, string> _destinations = new();

    public Activity? Start(OutboxMessage message)
    {
        // An event that no traced request caused must not start a trace.
        if (!MessagingSpans.AreWanted
            || !ActivityContext.TryParse(message.TraceParent, message.TraceState, isRemote: false, out var origin))
        {
            return null;
        }

        return MessagingSpans.StartPublish(
            DestinationOf(message.Type), message.Type, message.Id, message.Body.Length, origin, telemetry.Broker);
    }

    public static void End(Activity? activity, PublishOutcome outcome)
    {
        if (activity is not null && outcome != PublishOutcome.Confirmed)
        {
            activity.SetTag("error.type", ErrorTypeOf(outcome)).SetStatus(ActivityStatusCode.Error, outcome.ToString());
        }

        activity?.Dispose();
    }

    public void Record(IReadOnlyList<OutboxMessage> messages, IReadOnlyList<PublishOutcome> outcomes, TimeSpan duration)
    {
        telemetry.RecordBatch(MessagingTelemetry.RelayStage, messages.Count);
        telemetry.SendDuration.Record(duration.TotalSeconds, Tags(telemetry.Exchange));
        if (telemetry.Sent.Enabled)
        {
            foreach (var ((type, outcome), count) in messages.Zip(outcomes, (message, outcome) => (message.Type, outcome))
                .CountBy(sent => sent))
            {
                CountSent(DestinationOf(type), outcome, count);
            }
        }
    }

    /// <summary>The exchange and the routing key, following OpenTelemetry's conventions for RabbitMQ.</summary>
    private string DestinationOf(string type)
    {
        if (!_destinations.TryGetValue(type, out var destination))
        {
            destination = _destinations.GetOrAdd(type, $"{telemetry.Exchange}:{type}");
            foreach (var outcome in Enum.GetValues<PublishOutcome>())
            {
                // Starts the series at zero. A rate misses the first failure of a series that starts with it.
                CountSent(destination, outcome, count: 0);
            }
        }

        return destination;
    }

    private void CountSent(string destination, PublishOutcome outcome, int count)
    {
        var tags = Tags(destination);
        if (outcome != PublishOutcome.Confirmed)
        {
            tags.Add("error.type", ErrorTypeOf(outcome));
        }

        telemetry.Sent.Add(count, tags);
    }

    private TagList Tags(string destination) => MessagingSpans.Tags("publish", destination, telemetry.Broker);

    private static string ErrorTypeOf(PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Rejected => "nack",
        PublishOutcome.Returned => "return",
        _ => "unconfirmed",
    };
}
