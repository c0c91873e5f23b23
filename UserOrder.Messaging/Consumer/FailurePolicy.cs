using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Decides what happens to a failed delivery. An unreadable message becomes a dead letter at once. An event whose handler fails is retried
/// after growing pauses, and becomes a dead letter after <see cref="MessagingOptions.HandlerAttempts"/>. Events that met a lock wait
/// without limit, because another replica may hold it. Messages that the dead letters have no room for wait, too, at the end of the queue.
/// </summary>
internal sealed partial class FailurePolicy(
    string queue,
    ConsumerTelemetry telemetry,
    DeadLetterPublisher deadLetters,
    BrokerProblems problems,
    IOptions<MessagingOptions> options,
    ILogger<FailurePolicy> logger)
{
    private static readonly TimeSpan MaxRetryPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LockRetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeadLetterRetryPause = TimeSpan.FromSeconds(5);

    private readonly MessagingOptions _options = options.Value;
    private readonly string _what = $"dead letters of {queue}";

    /// <summary>Turns an unreadable message into a dead letter.</summary>
    public async Task OnUnreadableAsync(BatchContext context, Delivery delivery, Exception exception)
    {
        using var activity = telemetry.StartProcess(delivery, TraceHeaders.Read(delivery.Properties.Headers));
        MessagingSpans.Fail(activity, exception);
        await DeadLetterAsync(context, delivery, activity, exception.Message, attempts: 0);
    }

    /// <summary>Turns an event that is older than the inbox's retention into a dead letter.</summary>
    public Task OnTooOldAsync(BatchContext context, Delivery delivery, Activity? activity)
    {
        var reason = $"The event is older than {_options.InboxRetention:c}: the inbox no longer knows whether it took effect.";
        activity?.SetStatus(ActivityStatusCode.Error, reason);
        return DeadLetterAsync(context, delivery, activity, reason, attempts: 0);
    }

    /// <summary>Postpones an event whose handler failed for it alone, or turns it into a dead letter after the last attempt.</summary>
    public async Task OnFailedAsync(BatchContext context, Delivery delivery, Guid eventId, Activity? activity, Exception exception)
    {
        // Correlates this method's log entries with the event's trace.
        Activity.Current = activity;
        MessagingSpans.Fail(activity, exception);
        var failures = delivery.Failures + 1;
        if (failures >= _options.HandlerAttempts)
        {
            LogHandlerFailed(exception, queue, eventId, failures);
            var reason = $"The handler failed {failures} times, last with {exception.GetType().Name}.";
            await DeadLetterAsync(context, delivery, activity, reason, failures);
            return;
        }

        telemetry.RecordRetry();
        if (failures == 1)
        {
            LogPostponed(queue, eventId, exception.Message);
        }

        var pause = _options.HandlerRetryDelay * Math.Pow(2, failures - 1);
        context.Postponed.Add(new Postponement(delivery with { Failures = failures }, pause < MaxRetryPause ? pause : MaxRetryPause));
    }

    /// <summary>Postpones the events of a transaction that waited too long for a lock.</summary>
    public void OnLocked(BatchContext context, IEnumerable<Delivery> deliveries, Exception exception)
    {
        var postponed = deliveries.Select(delivery => new Postponement(delivery, LockRetryPause)).ToList();
        context.Postponed.AddRange(postponed);
        LogLocked(postponed.Count, queue, exception.Message);
    }

    /// <summary>
    /// Puts messages that have waited for room among the dead letters behind all others of their queue. Otherwise, as many of them as the
    /// prefetch would let no event pass.
    /// </summary>
    public async Task PutRefusedLastAsync(BatchContext context)
    {
        var areStored = await Task.WhenAll(context.Refused.Select(refused => TryPutLastAsync(context, refused.Delivery, refused.Reason)));
        context.Postponed.AddRange(
            context.Refused.Zip(areStored).Where(refused => !refused.Second).Select(refused => WaitForRoom(refused.First.Delivery)));
    }

    private static Postponement WaitForRoom(Delivery delivery) => new(delivery, DeadLetterRetryPause);

    private async Task DeadLetterAsync(BatchContext context, Delivery delivery, Activity? activity, string reason, int attempts)
    {
        Activity.Current = activity;
        if (context.Outcome == DeadLetterOutcome.Stored)
        {
            context.Outcome = await PublishAsync(context, delivery, reason, attempts);
        }

        if (context.Outcome == DeadLetterOutcome.Stored)
        {
            problems.End(_what);
            telemetry.RecordDeadLetter(isReadable: attempts > 0);
            LogDeadLetter(queue, delivery.Properties.MessageId, reason);
        }
        else if (context.Outcome == DeadLetterOutcome.Refused && delivery.IsRetry)
        {
            context.Refused.Add((delivery, reason));
        }
        else
        {
            context.Postponed.Add(WaitForRoom(delivery));
        }
    }

    private async Task<DeadLetterOutcome> PublishAsync(BatchContext context, Delivery delivery, string reason, int attempts)
    {
        try
        {
            await deadLetters.PublishAsync(queue, delivery, reason, attempts, context.Stopping);
            FailPoint.Reach(FailPoint.DeadLetterConfirmed, [delivery.MessageId]);
            return DeadLetterOutcome.Stored;
        }
        catch (PublishException exception)
        {
            Report(new BrokerLostException(exception.IsReturn ? "their queue is missing" : "their queue is full"));
            return DeadLetterOutcome.Refused;
        }
        catch (Exception exception) when (!context.Stopping.IsCancellationRequested)
        {
            Report(exception);
            return DeadLetterOutcome.Unknown;
        }

        void Report(Exception exception)
        {
            if (problems.Report(_what, exception))
            {
                LogDeadLettersWait(queue, delivery.Properties.MessageId, BrokerFault.ReasonOf(exception));
            }
        }
    }

    private async Task<bool> TryPutLastAsync(BatchContext context, Delivery delivery, string reason)
    {
        try
        {
            await deadLetters.PutLastAsync(queue, delivery, reason, context.Stopping);
            return true;
        }
        catch (Exception) when (!context.Stopping.IsCancellationRequested)
        {
            // The queue is full, too, or the broker is lost. The message stays where it is.
            return false;
        }
    }

    [LoggerMessage(46, LogLevel.Error, "The broker takes no dead letters of {Queue}; messages stay there, first {MessageId}: {Reason}")]
    private partial void LogDeadLettersWait(string queue, string? messageId, string reason);

    [LoggerMessage(47, LogLevel.Warning, "{Count} events of {Queue} wait for a lock while others go on: {Reason}")]
    private partial void LogLocked(int count, string queue, string reason);

    [LoggerMessage(41, LogLevel.Warning, "A message of {Queue} became a dead letter ({MessageId}): {Reason}")]
    private partial void LogDeadLetter(string queue, string? messageId, string reason);

    [LoggerMessage(45, LogLevel.Warning, "The handler of {Queue} failed for the event {EventId} and will be retried: {Reason}")]
    private partial void LogPostponed(string queue, Guid eventId, string reason);

    [LoggerMessage(44, LogLevel.Error, "The handler of {Queue} failed for the event {EventId} after {Attempts} attempts")]
    private partial void LogHandlerFailed(Exception exception, string queue, Guid eventId, int attempts);
}
