using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Gives every message of a batch one of three ends: its effect is committed, it is a duplicate and skipped, or it is a dead letter.
/// </summary>
/// <remarks>
/// A database outage is waited out; a message that nobody can read becomes a dead letter at once; a handler that fails is given one
/// event at a time, and the one that goes on failing becomes a dead letter.
/// </remarks>
internal sealed partial class BatchProcessor<TData>(
    Subscription<TData> subscription,
    NpgsqlDataSource database,
    MessagingTelemetry telemetry,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<BatchProcessor<TData>> logger)
{
    private readonly MessagingOptions _options = options.Value;

    /// <summary>Returns when every message of the batch may be acknowledged.</summary>
    /// <exception cref="OperationCanceledException">The service stops during an outage; nothing may be acknowledged.</exception>
    public async Task ProcessAsync(IChannel channel, IReadOnlyList<Delivery> batch, CancellationToken stoppingToken)
    {
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
                    await DeadLetterAsync(channel, delivery, exception.Message, stoppingToken);
                }
            }

            if (events.Count > 0)
            {
                await ApplyAsync(channel, events, stoppingToken);
            }
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
        var parent = TraceHeaders.Read(delivery.Properties.Headers);
        if (parent == default)
        {
            _ = ActivityContext.TryParse(envelope.TraceParent, envelope.TraceState, isRemote: true, out parent);
        }

        var activity = MessagingTelemetry.StartProcess(subscription.Queue, subscription.Type.Name, received.Id.ToString(), parent);

        // Starting a span makes it the current one, and the next message's is not its child.
        Activity.Current = null;
        return new IncomingEvent<TData>(delivery, received, activity);
    }

    private async Task ApplyAsync(IChannel channel, List<IncomingEvent<TData>> events, CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        for (var failures = 0; ;)
        {
            try
            {
                await CommitAsync(events);
                return;
            }
            catch (Exception exception) when (DatabaseOutage.Is(exception))
            {
                await backoff.WaitAsync(() => LogDatabaseOutage(subscription.Queue, exception.Message), stoppingToken);
            }
            catch (Exception exception) when (events.Count > 1)
            {
                LogBatchFailed(exception, subscription.Queue, events.Count);
                foreach (var single in events)
                {
                    await ApplyAsync(channel, [single], stoppingToken);
                }

                return;
            }
            catch (Exception exception)
            {
                failures++;
                if (failures == _options.HandlerAttempts)
                {
                    LogHandlerFailed(exception, subscription.Queue, events[0].Event.Id, failures);
                    await DeadLetterAsync(channel, events[0].Delivery, $"The handler failed {failures} times, last with {exception.GetType().Name}.", stoppingToken);
                    return;
                }

                await backoff.WaitAsync(() => LogRetry(subscription.Queue, events[0].Event.Id, exception.Message), stoppingToken);
            }
        }
    }

    /// <summary>Inbox rows and effect, in one transaction that is not interrupted by the service's stop.</summary>
    private async Task CommitAsync(List<IncomingEvent<TData>> events)
    {
        using var activity = StartCommit(events);
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);

        var ids = events.Select(incoming => incoming.Event.Id);
        var added = await InboxStore.AddAsync(transaction, subscription.Queue, ids, now, CancellationToken.None);
        var fresh = events.Where(incoming => added.Remove(incoming.Event.Id)).Select(incoming => incoming.Event).ToList();
        if (fresh.Count > 0)
        {
            await subscription.Handler.HandleAsync(fresh, transaction, CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);

        telemetry.RecordDuplicates(subscription.Queue, events.Count - fresh.Count);
        foreach (var applied in fresh)
        {
            telemetry.RecordConsumed(subscription.Queue, now - applied.Time);
        }
    }

    /// <summary>The span that the database's own spans belong to: the message's, or one that links to each message of the batch.</summary>
    private Activity? StartCommit(List<IncomingEvent<TData>> events)
    {
        if (events is [{ Activity: { } single }])
        {
            Activity.Current = single;
            return null;
        }

        return MessagingTelemetry.StartBatch(subscription.Queue, events.Select(incoming => incoming.Activity).OfType<Activity>(), events.Count);
    }

    private async Task DeadLetterAsync(IChannel channel, Delivery delivery, string reason, CancellationToken cancellationToken)
    {
        await DeadLetterPublisher.PublishAsync(channel, subscription.Queue, delivery, reason, cancellationToken);
        telemetry.RecordDeadLetter(subscription.Queue);
        LogDeadLetter(subscription.Queue, delivery.Properties.MessageId, reason);
    }

    [LoggerMessage(41, LogLevel.Warning, "A message of {Queue} became a dead letter ({MessageId}): {Reason}")]
    private partial void LogDeadLetter(string queue, string? messageId, string reason);

    [LoggerMessage(42, LogLevel.Warning, "The consumer of {Queue} waits for the database: {Reason}")]
    private partial void LogDatabaseOutage(string queue, string reason);

    [LoggerMessage(43, LogLevel.Warning, "A batch of {Count} events of {Queue} failed; each is tried alone")]
    private partial void LogBatchFailed(Exception exception, string queue, int count);

    [LoggerMessage(45, LogLevel.Warning, "The handler of {Queue} failed for the event {EventId} and is tried again: {Reason}")]
    private partial void LogRetry(string queue, Guid eventId, string reason);

    [LoggerMessage(44, LogLevel.Error, "The handler of {Queue} failed for the event {EventId} after {Attempts} attempts")]
    private partial void LogHandlerFailed(Exception exception, string queue, Guid eventId, int attempts);
}
