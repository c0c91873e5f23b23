using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Reports a lost broker as degraded, never as unhealthy: the service still answers requests, and its outbox keeps the events.
/// </summary>
internal sealed class BrokerHealthCheck(BrokerConnections connections) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (!connections.Publishing.IsOpen)
        {
            return Task.FromResult(HealthCheckResult.Degraded("No connection to publish on: events wait in the outbox."));
        }

        // A service without subscriptions never opens the consuming connection.
        return Task.FromResult(connections.Consuming is { WasAskedFor: true, IsOpen: false }
            ? HealthCheckResult.Degraded("No connection to consume from: events wait in their queues.")
            : HealthCheckResult.Healthy());
    }
}
