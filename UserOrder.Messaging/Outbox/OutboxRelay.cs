using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Moves events from the outbox to the broker: claims a batch, publishes it, puts the unconfirmed events back, and commits. After a crash
/// in between, the next claim publishes the batch again, and the consumer's inbox drops the duplicates.
/// </summary>
/// <remarks>
/// Any number of replicas may relay at once. Each has several lanes, and each lane claims its own rows. Events of one service may overtake
/// each other, so a handler must not depend on their order.
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
    private readonly PublishTelemetry _telemetry = new(telemetry);
    private readonly Backoff _backoff = new(time);
    private readonly Pace _pace = new(options.Value.BatchInterval, time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        using var poll = time.CreateTimer(_ => signal.Set(), null, _options.RelayPollInterval, _options.RelayPollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RelayAsync(stoppingToken) == LaneEnd.Lost)
                {
                    await _backoff.WaitAsync(() => LogWaiting("The broker closed the channel."), stoppingToken);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                await _backoff.WaitAsync(() => LogWaiting(exception.Message), stoppingToken);
            }
        }
    }

    /// <summary>Opens the lanes and relays until they end.</summary>
    private async Task<LaneEnd> RelayAsync(CancellationToken stoppingToken)
    {
        var lanes = new List<RelayLane>();
        try
        {
            while (lanes.Count < _options.RelayLanes)
            {
                lanes.Add(await circuits.RelayToBroker.ExecuteAsync(() => OpenLaneAsync(stoppingToken)));
            }

            LogRelaying(_options.Exchange);

            // No signal announces the events of an earlier run.
            signal.Set();
            var end = await RunAsync(lanes, stoppingToken);
            if (end == LaneEnd.Stopping)
            {
                // The server has answered its last request. Its events must not wait for the next instance.
                await lanes[0].RelayBatchAsync(CancellationToken.None);
            }

            return end;
        }
        finally
        {
            await Task.WhenAll(lanes.Select(lane => lane.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Runs the lanes until one ends, then lets the others finish their current batch.</summary>
    /// <exception cref="BrokerLostException">The broker did not confirm in time.</exception>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    private static async Task<LaneEnd> RunAsync(List<RelayLane> lanes, CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var running = lanes.Select(lane => lane.RunAsync(ending.Token)).ToList();
        var first = await Task.WhenAny([.. running, .. lanes.Select(lane => lane.Lost)]);
        await ending.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
        {
            return LaneEnd.Stopping;
        }

        await first;
        return LaneEnd.Lost;
    }

    /// <exception cref="BrokerLostException">The broker accepted the connection and did not answer.</exception>
    private async Task<RelayLane> OpenLaneAsync(CancellationToken stoppingToken)
    {
        try
        {
            var connection = await broker.Publishing.GetAsync(stoppingToken);
            var publisher = await ConfirmingPublisher.OpenAsync(connection, _options, _telemetry, time, stoppingToken);
            return new RelayLane(publisher, database, circuits.RelayToBroker, signal, _backoff, _pace, _options.RelayBatchSize, logger);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The client reports its own time limit as a cancellation. The circuit must count it as an outage.
            throw new BrokerLostException("The broker did not answer in time.");
        }
    }

    [LoggerMessage(11, LogLevel.Information, "Relaying the outbox to the exchange {Exchange}")]
    private partial void LogRelaying(string exchange);

    [LoggerMessage(12, LogLevel.Warning, "The relay waits, the outbox keeps the events: {Reason}")]
    private partial void LogWaiting(string reason);
}
