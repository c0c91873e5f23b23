using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace UserOrder.AppHost.Start;

/// <summary>Ends the AppHost with one clear line where a server or service ends before it has been healthy: nobody has to look for the reason.</summary>
internal sealed class StartWatch(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService logs, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, bool> _started = new();

    /// <summary>Why the start failed; null where it did not.</summary>
    public string? Failure { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var watched = model.Resources.Where(resource => resource is ProjectResource or ExecutableResource).ToHashSet();
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            if (!watched.Contains(change.Resource) || _started.ContainsKey(change.Resource.Name))
            {
                continue;
            }

            if (change.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy && change.Snapshot.State?.Text == KnownResourceStates.Running)
            {
                _started[change.Resource.Name] = true;
            }
            else if (KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text) && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                Failure = $"{change.Resource.Name} does not start: {await LastLinesAsync(change.ResourceId, stoppingToken)}";
                lifetime.StopApplication();
                return;
            }
        }
    }

    /// <summary>The end of the resource's log, which gives the reason.</summary>
    private async Task<string> LastLinesAsync(string resourceId, CancellationToken cancellationToken)
    {
        const int most = 5;
        var lines = new Queue<string>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LogPatience);
        try
        {
            await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(patience.Token))
            {
                foreach (var line in batch.Where(line => !line.Content.Contains("[sys]", StringComparison.Ordinal)))
                {
                    lines.Enqueue(line.Content);
                    if (lines.Count > most)
                    {
                        lines.Dequeue();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // What was read by then has to do.
        }

        return string.Join(Environment.NewLine, lines);
    }
}
