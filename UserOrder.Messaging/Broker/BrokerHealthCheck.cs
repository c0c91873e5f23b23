using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Reports a lost broker, and whatever the broker lacks or refuses, as degraded, never as unhealthy: the service still answers requests,
/// and its outbox keeps the events.
/// </summary>
internal sealed class BrokerHealthCheck(BrokerConnections connections, BrokerProblems problems) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        string[] found = [.. OfConnections(), .. problems.Current];
        return Task.FromResult(found.Length > 0 ? HealthCheckResult.Degraded(string.Join(' ', found)) : HealthCheckResult.Healthy());
    }

    private IEnumerable<string> OfConnections()
    {
        if (!connections.Publishing.IsOpen)
        {
            yield return "No connection to publish on: events wait in the outbox.";
        }
        else if (connections.Publishing.BlockedBy is { } reason)
        {
            yield return $"The broker accepts no messages ({reason}): events wait in the outbox.";
        }

        // A service without subscriptions never opens the consuming connection.
        if (connections.Consuming is { WasAskedFor: true, IsOpen: false })
        {
            yield return "No connection to consume from: events wait in their queues.";
        }
    }
}
