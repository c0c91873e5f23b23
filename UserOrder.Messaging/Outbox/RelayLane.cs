using Microsoft.Extensions.Logging;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// One channel of the relay, with claims of its own. Several of them overlap: while one waits for the broker's confirms, the next sends
/// what was committed meanwhile.
/// </summary>
internal sealed partial class RelayLane(
    ConfirmingPublisher publisher,
    NpgsqlDataSource database,
    Circuit circuit,
    OutboxSignal signal,
    Backoff backoff,
    Pace pace,
    int batchSize,
    ILogger<OutboxRelay> logger) : IAsyncDisposable
{
    /// <summary>Completes when the channel is closed.</summary>
    public Task Lost => publisher.Lost;

    /// <summary>Relays whenever the signal is set.</summary>
    /// <exception cref="BrokerLostException">The broker gave no confirm in time.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await signal.WaitAsync(cancellationToken);
            await pace.WaitAsync(cancellationToken);
            while (await circuit.ExecuteAsync(() => RelayBatchAsync(cancellationToken)))
            {
            }
        }
    }

    /// <summary>Relays one batch and says whether another is worth trying at once.</summary>
    public async Task<bool> RelayBatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var messages = await OutboxStore.ClaimAsync(transaction, batchSize, cancellationToken);
        if (messages.Count == 0)
        {
            return false;
        }

        var isMoreWaiting = messages.Count == batchSize;
        if (isMoreWaiting)
        {
            signal.Set();
        }

        FailPoint.Reach(FailPoint.RelayClaimed);
        var outcomes = await publisher.PublishAsync(messages);
        var confirmed = IdsWith(PublishOutcome.Confirmed);
        var rejected = IdsWith(PublishOutcome.Rejected);

        FailPoint.Reach(FailPoint.RelayConfirmed);

        // Not the caller's token: forgetting a confirm now would publish the batch twice after the restart.
        await OutboxStore.DeleteAsync(transaction, confirmed, CancellationToken.None);
        await OutboxStore.PostponeAsync(transaction, rejected, CancellationToken.None);
        FailPoint.Reach(FailPoint.RelayDeleted);
        await transaction.CommitAsync(CancellationToken.None);
        FailPoint.Reach(FailPoint.RelayCommitted);

        if (confirmed.Length + rejected.Length < messages.Count)
        {
            throw new BrokerLostException($"{messages.Count - confirmed.Length - rejected.Length} events got no confirm.");
        }

        if (confirmed.Length == 0)
        {
            // The broker refuses everything: going on at full speed would only burn its time and ours.
            await backoff.WaitAsync(() => LogRejected(rejected.Length), cancellationToken);
        }
        else
        {
            backoff.Reset();
        }

        return isMoreWaiting;

        Guid[] IdsWith(PublishOutcome outcome) => [.. messages.Where((_, i) => outcomes[i] == outcome).Select(message => message.Id)];
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();

    [LoggerMessage(13, LogLevel.Warning, "The broker refused {Count} events, because no queue takes them or a queue is full; they stay in the outbox")]
    private partial void LogRejected(int count);
}
