using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Reports a queue as degraded whose messages wait while this replica settles none, for any reason but a pause. It is never unhealthy,
/// because the service still answers requests.
/// </summary>
internal sealed class ConsumerHealthCheck(ConsumedQueues queues, IOptions<MessagingOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var stalled = queues.All.Where(queue => queue.Stalled > options.Value.ProgressTimeout).Select(DescribeStall).ToList();
        var paused = queues.All.Where(queue => queue.Pause.IsPaused).Select(queue => $"{queue.Name}: {queue.Pause.State!.Describe()}.");
        var description = string.Join(' ', stalled.Concat(paused));
        return Task.FromResult(
            stalled.Count > 0 ? HealthCheckResult.Degraded(description)
            : HealthCheckResult.Healthy(description.Length > 0 ? description : null));
    }

    private static string DescribeStall(ConsumedQueue queue) => string.Create(
        CultureInfo.InvariantCulture,
        $"{queue.Name}: messages wait ({queue.Waiting}), none was settled for {queue.Stalled.TotalSeconds:0} s.");
}
