using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Retention;

/// <summary>Deletes the expired rows of every registered table.</summary>
internal sealed partial class RetentionPurger(
    IEnumerable<PurgedTable> tables,
    NpgsqlDataSource database,
    SchemaMigrator migrator,
    TimeProvider time,
    ILogger<RetentionPurger> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                foreach (var table in tables)
                {
                    await table.PurgeAsync(database, stoppingToken);
                }
            }
            catch (DbException exception)
            {
                LogPostponed(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(31, LogLevel.Warning, "The purge of expired rows is postponed: {Reason}")]
    private partial void LogPostponed(string reason);
}
