using System.Text.RegularExpressions;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace UserOrder.AppHost.Start;

/// <summary>Stops the AppHost, with the reason, if a server or service exits before it is healthy.</summary>
internal sealed partial class StartWatch(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    IHostApplicationLifetime lifetime)
    : IDistributedApplicationEventingSubscriber
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);

    /// <summary>The reason of a failed start; null without a failure.</summary>
    public string? Failure { get; private set; }

    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing,
        DistributedApplicationExecutionContext executionContext,
        CancellationToken cancellationToken)
    {
        // The start of the host waits for the resources, so a hosted service would start too late.
        eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            _ = WatchAsync(lifetime.ApplicationStopping);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        var starting = model.Resources.Where(resource => resource is ProjectResource or ExecutableResource).ToHashSet();
        try
        {
            await foreach (var change in notifications.WatchAsync(stopping))
            {
                var state = change.Snapshot.State?.Text;
                if (state == KnownResourceStates.Running && change.Snapshot.HealthStatus == HealthStatus.Healthy)
                {
                    starting.Remove(change.Resource);
                }
                else if (starting.Contains(change.Resource) && KnownResourceStates.TerminalStates.Contains(state))
                {
                    Failure = $"{change.Resource.Name} does not start: {await LastLinesAsync(change.ResourceId, stopping)}";
                    lifetime.StopApplication();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The AppHost was asked to stop.
        }
    }

    /// <summary>The last lines of the resource's log, which contain the reason.</summary>
    private async Task<string> LastLinesAsync(string resourceId, CancellationToken cancellationToken)
    {
        const int most = 3;
        var lines = new Queue<string>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LogPatience);
        try
        {
            await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(patience.Token))
            {
                foreach (var line in batch.Select(line => Timestamp().Replace(line.Content, "")).Where(IsWritten))
                {
                    lines.Enqueue(line);
                    if (lines.Count > most)
                    {
                        lines.Dequeue();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // The log does not end in time: return the lines so far.
        }

        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Whether the program wrote the line, in contrast to the orchestrator.</summary>
    private static bool IsWritten(string line) => line.Length > 0 && !line.StartsWith("[sys]", StringComparison.Ordinal);

    [GeneratedRegex(@"^\S+Z ?")]
    private static partial Regex Timestamp();
}
