using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Reports a queue as degraded whose messages wait while this replica settles none, for any reason. It is never unhealthy, because the
/// service still answers requests.
/// </summary>
internal sealed class ConsumerHealthCheck(ConsumedQueues queues, IOptions<MessagingOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var stalled = queues.All.Where(queue => queue.Stalled > options.Value.ProgressTimeout).Select(Describe).ToList();
        return Task.FromResult(stalled.Count > 0 ? HealthCheckResult.Degraded(string.Join(' ', stalled)) : HealthCheckResult.Healthy());
    }

    private static string Describe(ConsumedQueue queue) => string.Create(
        CultureInfo.InvariantCulture,
        $"{queue.Name}: messages wait ({queue.Waiting}), none was settled for {queue.Stalled.TotalSeconds:0} s.");
}
