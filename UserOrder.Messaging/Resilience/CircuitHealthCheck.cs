using Microsoft.Extensions.Diagnostics.HealthChecks;
using Polly.CircuitBreaker;

namespace UserOrder.Messaging.Resilience;

/// <summary>Reports an open circuit as degraded, never as unhealthy, because it blocks no request.</summary>
internal sealed class CircuitHealthCheck(Circuits circuits) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var states = string.Join(", ", circuits.All.Select(circuit => $"{circuit.Name} {circuit.State.ToText()}"));
        return Task.FromResult(circuits.All.All(circuit => circuit.State == CircuitState.Closed)
            ? HealthCheckResult.Healthy(states)
            : HealthCheckResult.Degraded(states));
    }
}

internal static class CircuitStateExtensions
{
    /// <summary>The state as operators read it.</summary>
    public static string ToText(this CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        _ => "open",
    };
}
