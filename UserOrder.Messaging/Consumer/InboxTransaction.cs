using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Consumer;

/// <summary>Commits the inbox rows of events together with their effect. During an outage, it waits and retries.</summary>
internal sealed partial class InboxTransaction<TData>(
    Subscription<TData> subscription,
    ConsumerTelemetry telemetry,
    EventOutbox outbox,
    Circuits circuits,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<InboxTransaction<TData>> logger)
{
    private readonly TimeSpan _retention = options.Value.InboxRetention;
    private bool _areClocksApart;

    /// <summary>Applies the events that have not taken effect before.</summary>
    /// <returns>The events that are too old. They may have taken effect before the inbox forgot them.</returns>
    /// <exception cref="HandlerFailedException">The handler or the database refused the events.</exception>
    /// <exception cref="EventsLockedException">Another transaction held a lock for too long.</exception>
    /// <exception cref="OperationCanceledException">The service stops during an outage.</exception>
    public async Task<IReadOnlyList<IncomingEvent<TData>>> ApplyAsync(
        IReadOnlyList<IncomingEvent<TData>> events, CancellationToken stopping)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                return await circuits.ConsumerToDatabase.ExecuteAsync(() => CommitAsync(events));
            }
            catch (Exception exception) when (
                DatabaseFault.CauseOf(exception) is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } refusal)
            {
                throw new EventsLockedException(refusal);
            }
            catch (Exception exception) when (exception is not HandlerFailedException)
            {
                await backoff.WaitAsync(() => LogDatabaseOutage(subscription.Queue, ReasonOf(exception)), stopping);
            }
        }
    }

    private async Task<IReadOnlyList<IncomingEvent<TData>>> CommitAsync(IReadOnlyList<IncomingEvent<TData>> events)
    {
        using var activity = StartCommit(events);
        var started = time.GetTimestamp();
        try
        {
            var (applied, tooOld) = await CommitOnceAsync(events);
            telemetry.RecordAttempt(events.Count, time.GetElapsedTime(started));
            LogClocks(telemetry.RecordLags([.. applied.Select(fresh => fresh.Time)], time.ReadWallClock()));
            telemetry.RecordDuplicates(events.Count - applied.Count - tooOld.Count);
            return tooOld;
        }
        catch (Exception exception)
        {
            var cause = exception is HandlerFailedException failure ? failure.Cause : exception;
            MessagingSpans.Fail(activity, cause);
            telemetry.RecordAttempt(events.Count, time.GetElapsedTime(started), cause);
            throw;
        }
    }

    /// <remarks>Takes no cancellation token, so that the stop of the service does not interrupt a transaction.</remarks>
    private async Task<(List<ReceivedEvent<TData>> Applied, List<IncomingEvent<TData>> TooOld)> CommitOnceAsync(
        IReadOnlyList<IncomingEvent<TData>> events)
    {
        await using var transaction = await outbox.BeginTransactionAsync(CancellationToken.None);

        var sent = events.Select(InboxRow.Of).ToList();
        var isNew = await InboxStore.AddAsync(transaction, subscription.Queue, sent, _retention, CancellationToken.None);
        if (sent.Any(row => !isNew.ContainsKey(row.Id)))
        {
            // A synchronous standby may lack the inbox rows of duplicates. Their acknowledgement must not precede it.
            await using var barrier = transaction.CreateCommand(ReplicationBarrier.Statement);
            await barrier.ExecuteNonQueryAsync(CancellationToken.None);
        }

        var tooOld = events.Where(incoming => isNew.TryGetValue(incoming.Event.Id, out var added) && !added).ToList();

        // Remove, because a batch may hold the same event twice.
        var fresh = events.Where(incoming => isNew.Remove(incoming.Event.Id, out var added) && added)
            .Select(incoming => incoming.Event)
            .ToList();
        FailPoint.Reach(FailPoint.ConsumerInboxWritten, fresh.Select(applied => applied.Id));
        if (fresh.Count > 0)
        {
            await HandleAsync(fresh, transaction);
        }

        FailPoint.Reach(FailPoint.ConsumerEffectWritten, fresh.Select(applied => applied.Id));
        await transaction.CommitAsync(CancellationToken.None);
        FailPoint.Reach(FailPoint.ConsumerCommitted, fresh.Select(applied => applied.Id));
        return (fresh, tooOld);
    }

    private async Task HandleAsync(IReadOnlyList<ReceivedEvent<TData>> events, OutboxTransaction transaction)
    {
        try
        {
            await subscription.Handler.HandleAsync(events, transaction, CancellationToken.None);
        }
        catch (Exception exception) when (HandlerFailedException.IsAboutEvents(exception))
        {
            throw new HandlerFailedException(exception);
        }
    }

    private static string ReasonOf(Exception exception) => (DatabaseFault.CauseOf(exception) ?? exception).Message;

    /// <summary>
    /// Sets the parent of the database's spans: the span of a single message, or a new span that links to each message of the batch.
    /// </summary>
    private Activity? StartCommit(IReadOnlyList<IncomingEvent<TData>> events)
    {
        if (events is [{ Activity: { } single }])
        {
            Activity.Current = single;
            return null;
        }

        return telemetry.StartBatch(
            events.Select(incoming => incoming.Activity).OfType<Activity>().Where(activity => activity.Recorded), events.Count);
    }

    /// <summary>Logs events from the future once, until a batch without any.</summary>
    private void LogClocks(TimeSpan ahead)
    {
        if (ahead > TimeSpan.Zero && !_areClocksApart)
        {
            LogFromFuture(subscription.Queue, ahead);
        }

        _areClocksApart = ahead > TimeSpan.Zero;
    }

    [LoggerMessage(
        48,
        LogLevel.Warning,
        "The consumer of {Queue} applies events whose time is {Ahead} ahead: a clock is wrong here or at the sender")]
    private partial void LogFromFuture(string queue, TimeSpan ahead);

    [LoggerMessage(42, LogLevel.Warning, "The consumer of {Queue} waits for the database: {Reason}")]
    private partial void LogDatabaseOutage(string queue, string reason);
}
