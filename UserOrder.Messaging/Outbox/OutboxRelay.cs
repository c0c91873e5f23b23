using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Moves events from the outbox to the broker: claim, publish, delete what was confirmed, commit. A crash in between publishes the
/// batch again, and the other side's inbox drops the duplicates.
/// </summary>
/// <remarks>
/// Any number of replicas relay at once, each its own rows. Events of one service may so overtake each other; a handler must not
/// depend on their order.
/// </remarks>
internal sealed partial class OutboxRelay(
    NpgsqlDataSource database,
    SchemaMigrator migrator,
    BrokerConnections broker,
    Circuits circuits,
    OutboxSignal signal,
    MessagingTelemetry telemetry,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<OutboxRelay> logger) : BackgroundService
{
    private readonly MessagingOptions _options = options.Value;
    private readonly Backoff _backoff = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        using var poll = time.CreateTimer(_ => signal.Set(), null, _options.RelayPollInterval, _options.RelayPollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RelayUntilLostAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                await _backoff.WaitAsync(() => LogWaiting(exception.Message), stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogWaiting(exception.Message);
            }
        }
    }

    private async Task RelayUntilLostAsync(CancellationToken stoppingToken)
    {
        await using var publisher = await circuits.RelayToBroker.ExecuteAsync(() => OpenAsync(stoppingToken));
        LogRelaying(_options.Exchange);

        // What an earlier run left behind has no signal of its own.
        signal.Set();
        try
        {
            while (publisher.IsOpen)
            {
                await signal.WaitAsync(stoppingToken);
                while (await circuits.RelayToBroker.ExecuteAsync(() => RelayBatchAsync(publisher, stoppingToken)))
                {
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server has answered its last request by now. What that wrote goes out with this instance, not with the next one.
            await RelayBatchAsync(publisher, CancellationToken.None);
            throw;
        }

        throw new BrokerLostException("The channel to publish on was closed.");
    }

    private async Task<ConfirmingPublisher> OpenAsync(CancellationToken stoppingToken)
    {
        var connection = await broker.Publishing.GetAsync(stoppingToken);
        return await ConfirmingPublisher.OpenAsync(connection, signal.Set, _options, telemetry, time, stoppingToken);
    }

    /// <summary>Relays one batch and says whether another is worth trying at once.</summary>
    private async Task<bool> RelayBatchAsync(ConfirmingPublisher publisher, CancellationToken stoppingToken)
    {
        await using var connection = await database.OpenConnectionAsync(stoppingToken);
        await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
        var messages = await OutboxStore.ClaimAsync(transaction, _options.RelayBatchSize, stoppingToken);
        if (messages.Count == 0)
        {
            return false;
        }

        FailPoint.Reach(FailPoint.RelayClaimed);
        var outcomes = await publisher.PublishAsync(messages);
        var confirmed = IdsWith(PublishOutcome.Confirmed);
        var rejected = IdsWith(PublishOutcome.Rejected);

        FailPoint.Reach(FailPoint.RelayConfirmed);

        // Not the stopping token: forgetting a confirm now would publish the batch twice after the restart.
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
            await _backoff.WaitAsync(() => LogRejected(rejected.Length), stoppingToken);
        }
        else
        {
            _backoff.Reset();
        }

        return messages.Count == _options.RelayBatchSize;

        Guid[] IdsWith(PublishOutcome outcome) => [.. messages.Where((_, i) => outcomes[i] == outcome).Select(message => message.Id)];
    }

    [LoggerMessage(11, LogLevel.Information, "Relaying the outbox to the exchange {Exchange}")]
    private partial void LogRelaying(string exchange);

    [LoggerMessage(12, LogLevel.Warning, "The relay waits, the outbox keeps the events: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(13, LogLevel.Warning, "The broker refused {Count} events, because no queue takes them or a queue is full; they stay in the outbox")]
    private partial void LogRejected(int count);
}
