using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly.CircuitBreaker;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Gives every message of a batch one of four ends: its effect is committed, it is a duplicate and skipped, it is a dead letter, or it is
/// to be tried again later.
/// </summary>
/// <remarks>
/// A database outage is waited out behind the circuit breaker. A message that nobody can read becomes a dead letter at once. When a
/// handler fails for a batch, each event is tried alone, so that only the one at fault waits for another attempt; when that has failed
/// often enough, it becomes a dead letter.
/// </remarks>
internal sealed partial class BatchProcessor<TData>(
    Subscription<TData> subscription,
    NpgsqlDataSource database,
    Circuits circuits,
    MessagingTelemetry telemetry,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<BatchProcessor<TData>> logger)
{
    private static readonly TimeSpan LongestRetryPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DeadLetterRetryPause = TimeSpan.FromSeconds(5);

    private readonly MessagingOptions _options = options.Value;
    private readonly ConsumerTelemetry _telemetry = new(telemetry, subscription.Queue, subscription.Type.Name);

    /// <summary>To be called once, before the first batch.</summary>
    public void Start() => _telemetry.Announce();

    /// <summary>Returns when every message of the batch may be acknowledged, but for those that are to be tried again.</summary>
    /// <exception cref="OperationCanceledException">The service stops during an outage; nothing may be acknowledged.</exception>
    public async Task<IReadOnlyList<Postponement>> ProcessAsync(IChannel channel, IReadOnlyList<Delivery> batch, CancellationToken stoppingToken)
    {
        _telemetry.RecordDelivered(batch);
        var postponed = new List<Postponement>();
        var events = new List<IncomingEvent<TData>>(batch.Count);
        try
        {
            foreach (var delivery in batch)
            {
                try
                {
                    events.Add(Read(delivery));
                }
                catch (UnreadableEventException exception)
                {
                    using var activity = _telemetry.StartProcess(delivery, TraceHeaders.Read(delivery.Properties.Headers));
                    MessagingSpans.Fail(activity, exception);
                    await DeadLetterAsync(channel, delivery, activity, exception.Message, isReadable: false, postponed, stoppingToken);
                }
            }

            await ApplyAsync(channel, [.. events.Where(incoming => incoming.Delivery.Failures == 0)], postponed, stoppingToken);
            foreach (var suspect in events.Where(incoming => incoming.Delivery.Failures > 0))
            {
                await ApplyAsync(channel, [suspect], postponed, stoppingToken);
            }

            return postponed;
        }
        finally
        {
            foreach (var incoming in events)
            {
                incoming.Activity?.Dispose();
            }
        }
    }

    private IncomingEvent<TData> Read(Delivery delivery)
    {
        if (delivery.Body.Length > _options.MaxMessageBytes)
        {
            throw new UnreadableEventException($"The message has {delivery.Body.Length} bytes; at most {_options.MaxMessageBytes} are allowed.");
        }

        var (received, envelope) = CloudEventReader.Read(subscription.Type, delivery.Body);
        AssertIsRemembered(DeadLetterHeaders.ReplayTimeOf(delivery.Properties.Headers) ?? received.Time);
        var parent = TraceHeaders.Read(delivery.Properties.Headers);
        if (parent == default)
        {
            _ = ActivityContext.TryParse(envelope.TraceParent, envelope.TraceState, isRemote: true, out parent);
        }

        return new IncomingEvent<TData>(delivery, received, _telemetry.StartProcess(delivery, parent, received.Subject));
    }

    /// <summary>What is older may have taken effect and been forgotten. Whoever replays it from the dead letters knows that it has not.</summary>
    private void AssertIsRemembered(DateTimeOffset sent)
    {
        if (sent < time.GetUtcNow() - _options.InboxRetention)
        {
            throw new UnreadableEventException($"The event is older than {_options.InboxRetention:c}: it may have taken effect before, which is no longer known.");
        }
    }

    private async Task ApplyAsync(
        IChannel channel, IReadOnlyList<IncomingEvent<TData>> events, List<Postponement> postponed, CancellationToken stoppingToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        try
        {
            await CommitBehindCircuitAsync(events, stoppingToken);
        }
        catch (Exception exception) when (events.Count > 1 && !IsStop(exception, stoppingToken))
        {
            LogBatchFailed(exception, subscription.Queue, events.Count);
            foreach (var single in events)
            {
                await ApplyAsync(channel, [single], postponed, stoppingToken);
            }
        }
        catch (Exception exception) when (!IsStop(exception, stoppingToken))
        {
            await PostponeAsync(channel, events[0], exception, postponed, stoppingToken);
        }
    }

    /// <summary>A handler may be cancelled by a time limit of its own, which is a failure like any other.</summary>
    private static bool IsStop(Exception exception, CancellationToken stoppingToken) =>
        exception is OperationCanceledException && stoppingToken.IsCancellationRequested;

    /// <summary>Commits, however long the database is out of reach. Throws what the handler throws.</summary>
    private async Task CommitBehindCircuitAsync(IReadOnlyList<IncomingEvent<TData>> events, CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                var applied = await circuits.ConsumerToDatabase.ExecuteAsync(() => CommitAsync(events));
                _telemetry.RecordDuplicates(events.Count - applied);
                return;
            }
            catch (Exception exception) when (exception is BrokenCircuitException || DatabaseOutage.Is(exception))
            {
                await backoff.WaitAsync(() => LogDatabaseOutage(subscription.Queue, exception.Message), stoppingToken);
            }
        }
    }

    private async Task PostponeAsync(
        IChannel channel, IncomingEvent<TData> incoming, Exception exception, List<Postponement> postponed, CancellationToken stoppingToken)
    {
        // What is logged from here on belongs to the event's trace. It ends with this method.
        Activity.Current = incoming.Activity;
        MessagingSpans.Fail(incoming.Activity, exception);
        var failures = incoming.Delivery.Failures + 1;
        if (failures >= _options.HandlerAttempts)
        {
            LogHandlerFailed(exception, subscription.Queue, incoming.Event.Id, failures);
            await DeadLetterAsync(
                channel,
                incoming.Delivery,
                incoming.Activity,
                $"The handler failed {failures} times, last with {exception.GetType().Name}.",
                isReadable: true,
                postponed,
                stoppingToken);
            return;
        }

        var pause = _options.HandlerRetryDelay * Math.Pow(2, failures - 1);
        _telemetry.RecordRetry();
        if (failures == 1)
        {
            LogPutAside(subscription.Queue, incoming.Event.Id, exception.Message);
        }

        postponed.Add(new Postponement(incoming.Delivery with { Failures = failures }, pause < LongestRetryPause ? pause : LongestRetryPause));
    }

    /// <returns>How many took effect; the others were duplicates.</returns>
    private async Task<int> CommitAsync(IReadOnlyList<IncomingEvent<TData>> events)
    {
        using var activity = StartCommit(events);
        var started = time.GetTimestamp();
        try
        {
            var applied = await CommitOnceAsync(events);
            _telemetry.RecordAttempt(events.Count, time.GetElapsedTime(started));
            _telemetry.RecordLags(applied.Select(fresh => fresh.Time), time.GetUtcNow());
            return applied.Count;
        }
        catch (Exception exception)
        {
            MessagingSpans.Fail(activity, exception);
            _telemetry.RecordAttempt(events.Count, time.GetElapsedTime(started), exception);
            throw;
        }
    }

    /// <summary>Inbox rows and effect, in one transaction that is not interrupted by the service's stop.</summary>
    /// <returns>Those that took effect.</returns>
    private async Task<List<ReceivedEvent<TData>>> CommitOnceAsync(IReadOnlyList<IncomingEvent<TData>> events)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);

        var ids = events.Select(incoming => incoming.Event.Id);
        var added = await InboxStore.AddAsync(transaction, subscription.Queue, ids, time.GetUtcNow(), CancellationToken.None);
        var fresh = events.Where(incoming => added.Remove(incoming.Event.Id)).Select(incoming => incoming.Event).ToList();
        FailPoint.Reach(FailPoint.ConsumerInboxWritten);
        if (fresh.Count > 0)
        {
            await subscription.Handler.HandleAsync(fresh, transaction, CancellationToken.None);
        }

        FailPoint.Reach(FailPoint.ConsumerEffectWritten);
        await transaction.CommitAsync(CancellationToken.None);
        FailPoint.Reach(FailPoint.ConsumerCommitted);
        return fresh;
    }

    /// <summary>The span that the database's own spans belong to: the message's, or one that links to each message of the batch.</summary>
    private Activity? StartCommit(IReadOnlyList<IncomingEvent<TData>> events)
    {
        if (events is [{ Activity: { } single }])
        {
            Activity.Current = single;
            return null;
        }

        return _telemetry.StartBatch(events.Select(incoming => incoming.Activity).OfType<Activity>().Where(activity => activity.Recorded), events.Count);
    }

    private async Task DeadLetterAsync(
        IChannel channel,
        Delivery delivery,
        Activity? activity,
        string reason,
        bool isReadable,
        List<Postponement> postponed,
        CancellationToken cancellationToken)
    {
        Activity.Current = activity;
        try
        {
            await DeadLetterPublisher.PublishAsync(channel, subscription.Queue, delivery, reason, time.GetUtcNow(), cancellationToken);
            FailPoint.Reach(FailPoint.DeadLetterConfirmed);
            _telemetry.RecordDeadLetter(isReadable);
            LogDeadLetter(subscription.Queue, delivery.Properties.MessageId, reason);
        }
        catch (PublishException)
        {
            // The dead letters are full. The message stays where it is and must not hold up the others.
            LogDeadLettersFull(subscription.Queue, delivery.Properties.MessageId);
            postponed.Add(new Postponement(delivery, DeadLetterRetryPause));
        }
    }

    [LoggerMessage(46, LogLevel.Error, "The dead letters of {Queue} take no more; a message stays in the queue ({MessageId})")]
    private partial void LogDeadLettersFull(string queue, string? messageId);

    [LoggerMessage(41, LogLevel.Warning, "A message of {Queue} became a dead letter ({MessageId}): {Reason}")]
    private partial void LogDeadLetter(string queue, string? messageId, string reason);

    [LoggerMessage(42, LogLevel.Warning, "The consumer of {Queue} waits for the database: {Reason}")]
    private partial void LogDatabaseOutage(string queue, string reason);

    [LoggerMessage(43, LogLevel.Warning, "A batch of {Count} events of {Queue} failed; each is tried alone")]
    private partial void LogBatchFailed(Exception exception, string queue, int count);

    [LoggerMessage(45, LogLevel.Warning, "The handler of {Queue} failed for the event {EventId}, which is put aside and tried again: {Reason}")]
    private partial void LogPutAside(string queue, Guid eventId, string reason);

    [LoggerMessage(44, LogLevel.Error, "The handler of {Queue} failed for the event {EventId} after {Attempts} attempts")]
    private partial void LogHandlerFailed(Exception exception, string queue, Guid eventId, int attempts);
}
