using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Counts the dead letters periodically, so that neither a health check nor a metric waits for the broker.</summary>
internal sealed partial class DeadLetterCounter(
    ConsumedQueues queues,
    DeadLetterCounts counts,
    BrokerConnections broker,
    BrokerProblems problems,
    SchemaMigrator migrator,
    MessagingTelemetry telemetry,
    TimeProvider time,
    ILogger<DeadLetterCounter> logger) : BackgroundService
{
    private const string What = "count of dead letters";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        telemetry.Meter.CreateObservableGauge(
            "userorder.dead_letters.waiting", counts.Measure, "{message}", "Dead letters that wait for an operator.");
        await migrator.Ready.WaitAsync(stoppingToken);
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                counts.Latest = await CountAsync(stoppingToken);
                problems.End(What);
                backoff.Reset();
                await Task.Delay(Interval, time, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                counts.Latest = null;
                if (problems.Report(What, exception))
                {
                    LogNotCounted(BrokerFault.ReasonOf(exception));
                }

                await backoff.WaitAsync(stoppingToken);
            }
        }
    }

    private async Task<List<DeadLetterCount>> CountAsync(CancellationToken cancellationToken)
    {
        var counted = new List<DeadLetterCount>();
        foreach (var queue in queues.All)
        {
            // The broker logs an error for each look at a queue that does not exist.
            await queue.Declared.WaitAsync(cancellationToken);
            var connection = await broker.Consuming.GetAsync(cancellationToken);
            counted.Add(new DeadLetterCount(queue.Name, await DeadLetterCounts.AskAsync(connection, queue.Name, cancellationToken)));
        }

        return counted;
    }

    [LoggerMessage(53, LogLevel.Warning, "Counting the dead letters failed and will be retried: {Reason}")]
    private partial void LogNotCounted(string reason);
}
