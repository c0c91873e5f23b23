using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reports a full outbox, or one that no event leaves, as degraded: the service still answers reads, and a full outbox refuses only
/// requests that would add an event.
/// </summary>
internal sealed class OutboxHealthCheck(OutboxBacklog backlog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var description = string.Create(
            CultureInfo.InvariantCulture, $"{backlog.Rows} events wait, the oldest for {backlog.Age.TotalSeconds:0} s");
        if (backlog.IsStalled)
        {
            description += string.Create(CultureInfo.InvariantCulture, $"; none has left for {backlog.Stalled.TotalSeconds:0} s");
        }

        return Task.FromResult(
            backlog.IsFull || backlog.IsStalled ? HealthCheckResult.Degraded(description) : HealthCheckResult.Healthy(description));
    }
}
