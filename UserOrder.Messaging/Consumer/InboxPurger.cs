using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Consumer;

/// <summary>Deletes inbox rows past their retention, a thousand at a time, so that no lock lasts long.</summary>
internal sealed partial class InboxPurger(
    NpgsqlDataSource database,
    SchemaMigrator migrator,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<InboxPurger> logger) : BackgroundService
{
    private const int Batch = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

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
        var before = time.GetUtcNow() - options.Value.InboxRetention;
        int purged;
        do
        {
            purged = await InboxStore.PurgeAsync(database, before, Batch, cancellationToken);
        }
        while (purged == Batch);
    }

    [LoggerMessage(31, LogLevel.Warning, "The inbox is purged later: {Reason}")]
    private partial void LogPostponed(string reason);
}
