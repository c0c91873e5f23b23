using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// One channel of the relay, which claims its own events from a source. Lanes overlap: while one waits for the broker's confirms, the next
/// one publishes the events that were committed meanwhile.
/// </summary>
internal sealed partial class RelayLane(
    ConfirmingPublisher publisher,
    Func<Task<ConfirmingPublisher>> openAnotherAsync,
    RelayProblems problems,
    OutboxBacklog backlog,
    IRelaySource source,
    Circuit circuit,
    Backoff backoff,
    Pace pace,
    int batchSize,
    int maxEventsPerMessage,
    ILogger<OutboxRelay> logger) : IAsyncDisposable
{
    /// <summary>Where it takes its events from.</summary>
    public IRelaySource Source => source;

    /// <summary>Completes when the channel is closed.</summary>
    public Task Lost => publisher.Lost;

    /// <summary>How the channel was closed; null while it is open.</summary>
    public ShutdownEventArgs? Close => publisher.Close;

    /// <summary>Relays a batch whenever events wait.</summary>
    /// <exception cref="BrokerLostException">The broker did not confirm in time.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await source.WaitAsync(cancellationToken);
            await pace.WaitAsync(cancellationToken);
            await circuit.ExecuteAsync(() => RelayBatchAsync(cancellationToken));
        }
    }

    /// <summary>Relays one batch.</summary>
    /// <returns>The number of events that the broker confirmed.</returns>
    /// <exception cref="BrokerLostException">The broker did not confirm in time.</exception>
    /// <exception cref="NpgsqlException">The database or its standby did not answer.</exception>
    public async Task<int> RelayBatchAsync(CancellationToken cancellationToken)
    {
        await using var claim = await source.ClaimAsync(batchSize, cancellationToken);
        if (claim is null)
        {
            return 0;
        }

        var claimed = claim.Rows;
        var messages = claimed.Select(row => row.Message).ToList();

        // The broker may have refused an event because of its neighbours, or they because of it. So events of a second attempt go alone.
        var outcomes = await publisher.PublishAsync(messages, claimed.Any(row => row.Attempts > 0) ? 1 : maxEventsPerMessage);
        var isolation = new Isolation(messages, outcomes, openAnotherAsync);
        if (publisher.Close is { } close && BrokerFault.IsAboutMessage(close))
        {
            await isolation.RunAsync(close);
        }

        var settled = claimed.Zip(outcomes).ToLookup(row => row.Second == PublishOutcome.Confirmed, row => row.First);
        FailPoint.Reach(FailPoint.RelayConfirmed, settled[true].Select(row => row.Message.Id));

        // The caller's token must not end this: a lost confirm would publish the batch again after the restart.
        var kept = settled[false].ToList();
        await claim.SettleAsync([.. settled[true]], kept);
        if (kept.Count < claimed.Count)
        {
            backlog.RecordRelayed();
        }

        problems.Report(messages, outcomes, isolation.Refused);
        if (outcomes.Count(outcome => outcome == PublishOutcome.Unknown) is var unknown and > 0)
        {
            throw new BrokerLostException($"The broker did not confirm {unknown} events.", publisher.Close);
        }

        if (kept.Count == claimed.Count)
        {
            // The broker refuses everything, so retrying at full speed would waste its time and ours.
            await backoff.WaitAsync(() => LogFull(outcomes.Count(outcome => outcome == PublishOutcome.Rejected)), cancellationToken);
        }
        else
        {
            backoff.Reset();
        }

        return claimed.Count - kept.Count;
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();

    private void LogFull(int rejected)
    {
        if (rejected > 0)
        {
            LogRejected(rejected);
        }
    }

    [LoggerMessage(13, LogLevel.Warning, "The broker refused {Count} events: a queue is full; the outbox keeps them")]
    private partial void LogRejected(int count);
}
