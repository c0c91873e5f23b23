using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Moves events from the outbox to the broker: claims a batch, publishes it, deletes the confirmed events, and keeps the others. After a
/// crash in between, the next claim publishes the batch again, and the consumer's inbox drops the duplicates.
/// </summary>
/// <remarks>
/// Any number of replicas may relay at once. Each has several lanes for the events that it has just committed, which it has in memory, and
/// several for those in the table. Each lane claims its own events, so events of one service may overtake each other. One more lane keeps
/// the order of events with an ordering key.
/// </remarks>
internal sealed partial class OutboxRelay(
    NpgsqlDataSource database,
    SchemaMigrator migrator,
    BrokerConnections broker,
    BrokerProblems problems,
    PublishedTypes published,
    Circuits circuits,
    OutboxSignal signal,
    HandOver handOver,
    OutboxBacklog backlog,
    PauseWatch pauses,
    WriteHealthCheck writes,
    MessagingTelemetry telemetry,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<OutboxRelay> logger) : BackgroundService
{
    private const string Name = "relay";

    private readonly MessagingOptions _options = options.Value;
    private readonly PublishTelemetry _telemetry = new(telemetry);
    private readonly Backoff _backoff = new(time);
    private readonly RelayProblems _problems = new(problems, published, logger);
    private readonly OutboxTable _table = new(database, signal);
    private readonly OrderedTable _ordered = new(database, signal, options.Value, time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        using var poll = time.CreateTimer(_ => SetSignals(), null, _options.RelayPollInterval, _options.RelayPollInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RelayAsync(stoppingToken);
            }
            catch (BrokerLostException exception) when (exception.Close is { } close && BrokerFault.IsAboutMessage(close))
            {
                // The lane has put back the events that the broker refuses, and reported them.
                await _backoff.WaitAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                writes.Suspect();
                await _backoff.WaitAsync(() => LogWaiting(exception.Message), stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (problems.Report(Name, exception))
                {
                    LogWaiting(BrokerFault.ReasonOf(exception));
                }

                await _backoff.WaitAsync(stoppingToken);
            }
        }
    }

    /// <summary>Opens the lanes and relays until the service stops, except while an operator has paused it.</summary>
    /// <exception cref="BrokerLostException">The broker closed a channel, or did not confirm in time.</exception>
    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var lanes = new List<RelayLane>();
        try
        {
            foreach (var (source, pace) in SourcesOfLanes())
            {
                lanes.Add(await circuits.RelayToBroker.ExecuteAsync(() => OpenLaneAsync(source, pace, stoppingToken)));
            }

            LogRelaying(_options.Exchange);
            problems.End(Name);

            while (!stoppingToken.IsCancellationRequested)
            {
                // The lanes stay open during a pause, so that health shows an outage of the broker and its end.
                await RunAsync(lanes, ending => [pauses.Relay.WaitUntilRunningAsync(ending)], stoppingToken);
                if (!stoppingToken.IsCancellationRequested)
                {
                    await RelayUntilPausedAsync(lanes, stoppingToken);
                }
            }
        }
        finally
        {
            handOver.Close();
            await Task.WhenAll(lanes.Select(lane => lane.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Relays until the service stops or an operator pauses the relay.</summary>
    /// <exception cref="BrokerLostException">The broker closed a channel, or did not confirm in time.</exception>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    private async Task RelayUntilPausedAsync(List<RelayLane> lanes, CancellationToken stoppingToken)
    {
        // No signal announces the events of an earlier run or of the pause.
        SetSignals();
        handOver.Open();
        await RunAsync(
            lanes,
            ending => [pauses.Relay.WaitUntilPausedAsync(ending), .. lanes.Select(lane => lane.RunAsync(ending))],
            stoppingToken);

        // The rows of the events in memory are due only later, so without this they would wait beyond the end of a pause.
        handOver.Refuse();
        var ofHandOver = lanes.First(lane => lane.Source == handOver);
        while (await ofHandOver.RelayBatchAsync(CancellationToken.None) > 0)
        {
        }

        if (stoppingToken.IsCancellationRequested)
        {
            // The server has answered its last request. Its events must not wait for the next instance.
            await lanes.First(lane => lane.Source == _table).RelayBatchAsync(CancellationToken.None);
            await lanes.First(lane => lane.Source == _ordered).RelayBatchAsync(CancellationToken.None);
        }
    }

    /// <summary>The source of each lane, and the pace that the lanes of a source share.</summary>
    private IEnumerable<(IRelaySource Source, Pace Pace)> SourcesOfLanes()
    {
        var (ofHandOver, ofTable) = (new Pace(_options.BatchInterval, time), new Pace(_options.BatchInterval, time));
        for (var i = 0; i < _options.RelayLanes; i++)
        {
            yield return (handOver, ofHandOver);
            yield return (_table, ofTable);
        }

        // It has one message in flight, so the events that come meanwhile share the next one without a pause.
        yield return (_ordered, new Pace(TimeSpan.Zero, time));
    }

    private void SetSignals()
    {
        signal.Set();
        signal.SetOrdered();
    }

    /// <summary>Runs tasks until the service stops, a task ends or a lane is lost, then lets the other tasks finish their work.</summary>
    /// <exception cref="BrokerLostException">The broker closed a channel, or did not confirm in time.</exception>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    private static async Task RunAsync(
        List<RelayLane> lanes, Func<CancellationToken, IEnumerable<Task>> start, CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var running = start(ending.Token).ToList();
        var first = await Task.WhenAny([.. running, .. lanes.Select(lane => lane.Lost)]);
        await ending.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        await first;
        if (!running.Contains(first))
        {
            var closes = lanes.Select(lane => lane.Close);
            throw new BrokerLostException("The broker closed the channel.", closes.FirstOrDefault(close => close is not null));
        }
    }

    /// <exception cref="BrokerLostException">The broker accepted the connection and did not answer.</exception>
    private async Task<RelayLane> OpenLaneAsync(IRelaySource source, Pace pace, CancellationToken stoppingToken)
    {
        try
        {
            var publisher = await OpenPublisherAsync(stoppingToken);
            return new RelayLane(
                publisher,
                () => OpenPublisherAsync(CancellationToken.None),
                _problems,
                backlog,
                source,
                circuits.RelayToBroker,
                _backoff,
                pace,
                _options.RelayBatchSize,
                _options.MaxEventsPerMessage,
                logger);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The client reports its own time limit as a cancellation. The circuit must count it as an outage.
            throw new BrokerLostException("The broker did not answer in time.");
        }
    }

    private async Task<ConfirmingPublisher> OpenPublisherAsync(CancellationToken cancellationToken)
    {
        var connection = await broker.Publishing.GetAsync(cancellationToken);
        broker.Publishing.ThrowIfBlocked();
        return await ConfirmingPublisher.OpenAsync(connection, broker.Publishing.User, _options, _telemetry, time, cancellationToken);
    }

    [LoggerMessage(11, LogLevel.Information, "Relaying the outbox to the exchange {Exchange}")]
    private partial void LogRelaying(string exchange);

    [LoggerMessage(12, LogLevel.Warning, "The relay waits, the outbox keeps the events: {Reason}")]
    private partial void LogWaiting(string reason);
}
