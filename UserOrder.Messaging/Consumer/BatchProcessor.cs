using Microsoft.Extensions.Logging;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>Processes a batch: commits effects, skips duplicates, publishes dead letters, and postpones failed events.</summary>
/// <remarks>
/// If a handler fails for a batch, each event is tried alone, so that only the faulty one waits for another attempt. Events that met a lock
/// are tried apart from new ones, so that only they wait for it again.
/// </remarks>
internal sealed partial class BatchProcessor<TData>(
    Subscription<TData> subscription,
    ConsumerTelemetry telemetry,
    DeliveryReader<TData> reader,
    InboxTransaction<TData> inbox,
    FailurePolicy failures,
    ILogger<BatchProcessor<TData>> logger)
{
    /// <summary>Starts the time series of the metrics. Call it once, before the first batch.</summary>
    public void Start() => telemetry.Announce();

    /// <summary>Processes a batch. Every message that it does not return as postponed may then be acknowledged.</summary>
    /// <exception cref="OperationCanceledException">The service stops during an outage. No message may be acknowledged.</exception>
    public async Task<IReadOnlyList<Postponement>> ProcessAsync(IReadOnlyList<Delivery> batch, CancellationToken stoppingToken)
    {
        telemetry.RecordDelivered(batch);
        var context = new BatchContext(stoppingToken);
        var events = new List<IncomingEvent<TData>>(batch.Count);
        var unreadable = new List<(Delivery Delivery, UnreadableEventException Exception)>();
        try
        {
            foreach (var delivery in batch)
            {
                try
                {
                    events.Add(reader.Read(delivery));
                }
                catch (UnreadableEventException exception)
                {
                    unreadable.Add((delivery, exception));
                }
            }

            foreach (var part in subscription.Source.IsOrdered ? InOrder(events) : ByRisk(events))
            {
                await ApplyAsync(context, part);
            }

            // Last, because the broker may take its time: the events must take effect before.
            foreach (var (delivery, exception) in unreadable)
            {
                await failures.OnUnreadableAsync(context, delivery, exception);
            }

            await failures.PutRefusedLastAsync(context);
            return context.Postponed;
        }
        finally
        {
            foreach (var incoming in events)
            {
                incoming.Activity?.Dispose();
            }
        }
    }

    /// <summary>New events, those that met a lock, and each of those that may be at fault.</summary>
    private static IEnumerable<IReadOnlyList<IncomingEvent<TData>>> ByRisk(IReadOnlyList<IncomingEvent<TData>> events)
    {
        var isSuspect = events.ToLookup(IsSuspect);
        var isRetry = isSuspect[false].ToLookup(incoming => incoming.Delivery.IsRetry);
        return [[.. isRetry[false]], [.. isRetry[true]], .. isSuspect[true].Select(suspect => new[] { suspect })];
    }

    /// <summary>The events in their order, divided at each one that may be at fault.</summary>
    private static IEnumerable<IReadOnlyList<IncomingEvent<TData>>> InOrder(IReadOnlyList<IncomingEvent<TData>> events)
    {
        var part = new List<IncomingEvent<TData>>();
        foreach (var incoming in events)
        {
            if (!IsSuspect(incoming))
            {
                part.Add(incoming);
                continue;
            }

            yield return part;
            yield return [incoming];
            part = [];
        }

        yield return part;
    }

    private static bool IsSuspect(IncomingEvent<TData> incoming) => incoming.Delivery is { Failures: > 0 } or { IsAlone: true };

    private async Task ApplyAsync(BatchContext context, IReadOnlyList<IncomingEvent<TData>> events)
    {
        events = context.PostponeHeld(events, incoming => incoming.Delivery);
        if (events.Count == 0)
        {
            return;
        }

        try
        {
            foreach (var tooOld in await inbox.ApplyAsync(events, context.Stopping))
            {
                await failures.OnTooOldAsync(context, tooOld.Delivery, tooOld.Activity);
            }
        }
        catch (EventsLockedException exception)
        {
            failures.OnLocked(context, events.Select(incoming => incoming.Delivery), exception);
        }
        catch (HandlerFailedException failure) when (events.Count > 1)
        {
            LogBatchFailed(failure.Cause, subscription.Queue, events.Count);
            foreach (var single in events)
            {
                await ApplyAsync(context, [single]);
            }
        }
        catch (HandlerFailedException failure)
        {
            await failures.OnFailedAsync(context, events[0].Delivery, events[0].Event.Id, events[0].Activity, failure.Cause);
        }
    }

    [LoggerMessage(43, LogLevel.Warning, "A batch of {Count} events of {Queue} failed; each is tried alone")]
    private partial void LogBatchFailed(Exception exception, string queue, int count);
}
