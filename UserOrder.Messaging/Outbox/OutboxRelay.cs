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
/// Moves events from the outbox to the broker: take them out, publish them, put back what was not confirmed, commit. A crash in between
/// publishes the batch again, and the other side's inbox drops the duplicates.
/// </summary>
/// <remarks>
/// Any number of replicas relay at once, each in several lanes, and each lane its own rows. Events of one service may so overtake each
/// other; a handler must not depend on their order.
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
        var lanes = new List<RelayLane>();
        try
        {
            while (lanes.Count < _options.RelayLanes)
            {
                lanes.Add(await circuits.RelayToBroker.ExecuteAsync(() => OpenLaneAsync(stoppingToken)));
            }

            LogRelaying(_options.Exchange);

            // What an earlier run left behind has no signal of its own.
            signal.Set();
            await RunUntilOneIsLostAsync(lanes, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested && lanes is [var lane, ..])
        {
            // The server has answered its last request by now. What that wrote goes out with this instance, not with the next one.
            await lane.RelayBatchAsync(CancellationToken.None);
            throw;
        }
        finally
        {
            await Task.WhenAll(lanes.Select(lane => lane.DisposeAsync().AsTask()));
        }
    }

    /// <exception cref="BrokerLostException">Always, unless another exception or the stop comes first.</exception>
    private static async Task RunUntilOneIsLostAsync(List<RelayLane> lanes, CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var running = lanes.Select(lane => lane.RunAsync(ending.Token)).ToList();
        var first = await Task.WhenAny([.. running, .. lanes.Select(lane => lane.Lost)]);
        await ending.CancelAsync();

        // What has been begun is brought to its end.
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        throw new BrokerLostException("The channel to publish on was closed.");
    }

    /// <exception cref="BrokerLostException">The broker took the connection and did not answer.</exception>
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
            // The client's own time limit, which it tells like a cancellation: an outage to the circuit.
            throw new BrokerLostException("The broker did not answer in time.");
        }
    }

    [LoggerMessage(11, LogLevel.Information, "Relaying the outbox to the exchange {Exchange}")]
    private partial void LogRelaying(string exchange);

    [LoggerMessage(12, LogLevel.Warning, "The relay waits, the outbox keeps the events: {Reason}")]
    private partial void LogWaiting(string reason);
}
