using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;

namespace UserOrder.ServiceDefaults;

/// <summary>The circuit breakers of the HTTP clients, one for each service that was called and did not always answer.</summary>
internal sealed class HttpCircuits : IHealthCheck
{
    public const string MeterName = "UserOrder.ServiceDefaults";

    private readonly ConcurrentDictionary<string, CircuitState> _states = new();

    public HttpCircuits(IMeterFactory meters) =>
        meters.Create(MeterName).CreateObservableGauge(
            "userorder.circuit_breaker.state",
            () => _states.Select(state => new Measurement<int>(
                state.Value switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 },
                new KeyValuePair<string, object?>("userorder.circuit_breaker.name", state.Key))),
            description: "0 closed, 1 half-open, 2 open.");

    /// <summary>Follows the breakers that are made with these options.</summary>
    public void Watch(HttpCircuitBreakerStrategyOptions options)
    {
        options.OnOpened = arguments => SetAsync(arguments.Context, CircuitState.Open);
        options.OnHalfOpened = arguments => SetAsync(arguments.Context, CircuitState.HalfOpen);
        options.OnClosed = arguments => SetAsync(arguments.Context, CircuitState.Closed);
    }

    /// <summary>Degraded, never unhealthy: what can be answered without the other service still is.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var open = _states.Where(state => state.Value != CircuitState.Closed).Select(state => state.Key).Order().ToList();
        return Task.FromResult(open.Count == 0
            ? HealthCheckResult.Healthy("all closed")
            : HealthCheckResult.Degraded($"open: {string.Join(", ", open)}"));
    }

    private ValueTask SetAsync(ResilienceContext context, CircuitState state)
    {
        if (context.GetRequestMessage()?.RequestUri is { } uri)
        {
            _states[uri.Authority] = state;
        }

        return ValueTask.CompletedTask;
    }
}
