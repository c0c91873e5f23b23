using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Looks for the service's queues, exchanges and bindings every 5 s, and declares what was deleted. Nothing else notices a lost binding:
/// the queue is then only empty. It also counts the messages of each queue.
/// </summary>
internal sealed partial class TopologyKeeper(
    IEnumerable<SubscribedQueue> queues,
    ConsumedQueues consumed,
    BrokerConnections broker,
    BrokerProblems problems,
    SchemaMigrator migrator,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<TopologyKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        while (true)
        {
            await Task.Delay(Interval, time, stoppingToken);
            foreach (var queue in queues)
            {
                await KeepAsync(queue, stoppingToken);
            }
        }
    }

    private async Task KeepAsync(SubscribedQueue queue, CancellationToken stoppingToken)
    {
        var what = $"topology of {queue.Name}";
        if (await TryAsync(CheckAsync) || await TryAsync(DeclareAsync))
        {
            problems.End(what);
        }

        async Task CheckAsync(IConnection connection) =>
            consumed.Of(queue.Name).Count(await Topology.CheckQueueAsync(connection, queue, options.Value, stoppingToken));

        Task DeclareAsync(IConnection connection) =>
            Topology.DeclareQueueAsync(connection, queue, options.Value, logger, stoppingToken);

        async Task<bool> TryAsync(Func<IConnection, Task> actAsync)
        {
            try
            {
                // This also provisions the broker user again, if the check has found that it lacks a right.
                await actAsync(await broker.Consuming.GetAsync(stoppingToken));
                return true;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The consumer reports an outage.
                if (BrokerFault.IsMissingSomething(exception) && problems.Report(what, exception))
                {
                    LogMissing(queue.Name, BrokerFault.ReasonOf(exception));
                }

                return false;
            }
        }
    }

    [LoggerMessage(16, LogLevel.Warning, "The broker lacks something that {Queue} needs, and the service declares it again: {Reason}")]
    private partial void LogMissing(string queue, string reason);
}
