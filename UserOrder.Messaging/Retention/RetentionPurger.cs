using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Idempotency;

namespace UserOrder.Messaging.Retention;

/// <summary>
/// Deletes inbox rows and idempotency keys past their retention, a thousand at a time, so that no lock lasts long. The outbox needs none of
/// it: a row goes with its confirm.
/// </summary>
internal sealed partial class RetentionPurger(
    NpgsqlDataSource database,
    SchemaMigrator migrator,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<RetentionPurger> logger) : BackgroundService
{
    private const int Batch = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // A consumer takes events up to the retention's age, by the clock of the producer, which may be ahead.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PurgeAsync(stoppingToken);
            }
            catch (DbException exception)
            {
                LogPostponed(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await PurgeAsync(InboxStore.PurgeAsync, options.Value.InboxRetention + ClockTolerance, cancellationToken);
        await PurgeAsync(IdempotencyStore.PurgeAsync, options.Value.IdempotencyRetention, cancellationToken);
    }

    private async Task PurgeAsync(
        Func<NpgsqlDataSource, DateTimeOffset, int, CancellationToken, Task<int>> purge, TimeSpan retention, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - retention;
        int purged;
        do
        {
            purged = await purge(database, before, Batch, cancellationToken);
        }
        while (purged == Batch);
    }

    [LoggerMessage(31, LogLevel.Warning, "The inbox and the idempotency keys are purged later: {Reason}")]
    private partial void LogPostponed(string reason);
}
