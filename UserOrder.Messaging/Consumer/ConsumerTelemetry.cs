using System.Diagnostics;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Consumer;

/// <summary>Records the metrics and spans of one subscription. It creates names and tags once, not for each event.</summary>
internal sealed class ConsumerTelemetry
{
    private const string Unreadable = "unreadable";
    private const string HandlerFailed = "handler_failed";

    /// <summary>The tolerated difference between the clocks of two services.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly MessagingTelemetry _telemetry;
    private readonly string _destination;
    private readonly AmqpTcpEndpoint? _broker;
    private readonly string _spanName;
    private readonly string _batchSpanName;
    private readonly TagList _processTags;
    private readonly TagList _queueTags;

    public ConsumerTelemetry(MessagingTelemetry telemetry, string queue, string type)
    {
        _telemetry = telemetry;
        _broker = telemetry.Broker;
        _destination = $"{telemetry.Exchange}:{type}:{queue}";
        _spanName = $"process {_destination}";
        _batchSpanName = $"{_spanName} batch";
        _processTags = MessagingSpans.Tags("process", _destination, _broker);
        _queueTags = new TagList { { "userorder.queue", queue } };
    }

    /// <summary>Starts the time series of rare events at zero. A rate misses the first event of a series that starts with it.</summary>
    public void Announce()
    {
        RecordDuplicates(0);
        CountFromFuture(0);
        CountRetries(0);
        CountDeadLetters(Unreadable, 0);
        CountDeadLetters(HandlerFailed, 0);
    }

    /// <param name="delivery">The message.</param>
    /// <param name="parent">The trace context of the message.</param>
    /// <param name="subject">The event's subject; null if the message is unreadable.</param>
    /// <param name="eventId">The event's id, if the message has several.</param>
    public Activity? StartProcess(Delivery delivery, ActivityContext parent, string? subject = null, Guid? eventId = null)
    {
        var activity = MessagingSpans.AreWanted
            ? MessagingSpans.StartProcess(
                _spanName,
                _destination,
                eventId?.ToString() ?? delivery.Properties.MessageId,
                delivery.Body.Length,
                delivery.Tag,
                parent,
                _broker)
            : null;
        return activity is { IsAllDataRequested: true } ? activity.SetTag("cloudevents.event_subject", subject) : activity;
    }

    public Activity? StartBatch(IEnumerable<Activity> messages, int count) =>
        MessagingSpans.AreWanted ? MessagingSpans.StartBatch(_batchSpanName, _destination, messages, count, _broker) : null;

    /// <summary>Counts the messages that the broker delivered. Postponed messages were counted before.</summary>
    public void RecordDelivered(IReadOnlyList<Delivery> batch)
    {
        if (_telemetry.Consumed.Enabled)
        {
            _telemetry.Consumed.Add(batch.Count(delivery => !delivery.IsRetry), _processTags);
        }
    }

    /// <summary>Records one attempt to apply a batch.</summary>
    public void RecordAttempt(int size, TimeSpan duration, Exception? failure = null)
    {
        var tags = _processTags;
        if (failure is not null)
        {
            tags.Add("error.type", failure.GetType().FullName);
        }

        _telemetry.RecordBatch(MessagingTelemetry.ConsumerStage, size);
        _telemetry.ProcessDuration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Records the delay between the time of each event and the commit of its effect.</summary>
    /// <returns>How far the latest event is ahead of this service's clock; zero if the difference is tolerable.</returns>
    public TimeSpan RecordLags(IReadOnlyCollection<DateTimeOffset> eventTimes, DateTimeOffset committed)
    {
        if (_telemetry.Lag.Enabled)
        {
            foreach (var time in eventTimes)
            {
                // The producer's clock may be ahead, which would make the lag negative.
                _telemetry.Lag.Record(Math.Max(0, (committed - time).TotalSeconds), _queueTags);
            }
        }

        var future = eventTimes.Count(time => time - committed > ClockSkew);
        if (future == 0)
        {
            return TimeSpan.Zero;
        }

        CountFromFuture(future);
        return eventTimes.Max() - committed;
    }

    public void RecordDuplicates(int count) => _telemetry.Duplicates.Add(count, _queueTags);

    public void RecordRetry() => CountRetries(1);

    public void RecordDeadLetter(bool isReadable) => CountDeadLetters(isReadable ? HandlerFailed : Unreadable, 1);

    private void CountFromFuture(int count) => _telemetry.FromFuture.Add(count, _queueTags);

    private void CountRetries(int count) => _telemetry.Retries.Add(count, _queueTags);

    private void CountDeadLetters(string errorType, int count)
    {
        var tags = _queueTags;
        tags.Add("error.type", errorType);
        _telemetry.DeadLetters.Add(count, tags);
    }
}
