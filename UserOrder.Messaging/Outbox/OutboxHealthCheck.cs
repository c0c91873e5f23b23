using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reports a full outbox, or one that no event leaves without a pause of the relay, as degraded: the service still answers reads, and a
/// full outbox refuses only requests that would add an event.
/// </summary>
internal sealed class OutboxHealthCheck(OutboxBacklog backlog, PauseWatch pauses) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var description = string.Create(
            CultureInfo.InvariantCulture, $"{backlog.Rows} events wait, the oldest for {backlog.Age.TotalSeconds:0} s");
        if (backlog.IsStalled)
        {
            description += string.Create(CultureInfo.InvariantCulture, $"; none has left for {backlog.Stalled.TotalSeconds:0} s");
        }

        if (pauses.Relay is { IsPaused: true, State: { } pause })
        {
            description += $"; the relay is {pause.Describe()}";
        }

        return Task.FromResult(
            backlog.IsFull || backlog.IsStalled ? HealthCheckResult.Degraded(description) : HealthCheckResult.Healthy(description));
    }
}
