using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace UserOrder.ServiceDefaults.Http;

/// <summary>Follows the circuit breakers of the HTTP clients: one for each called service that has failed.</summary>
/// <remarks>
/// Polly reports the change from open to half-open with the next call, which may come hours later. A breaker therefore counts as half-open
/// here as soon as its break is over.
/// </remarks>
internal sealed partial class HttpCircuits : IHealthCheck
{
    public const string MeterName = "UserOrder.ServiceDefaults";

    private readonly TimeProvider _time;
    private readonly ILogger<HttpCircuits> _logger;
    private readonly ConcurrentDictionary<string, (CircuitState State, long Since, TimeSpan Break)> _circuits = new();

    public HttpCircuits(IMeterFactory meters, TimeProvider time, ILogger<HttpCircuits> logger)
    {
        _time = time;
        _logger = logger;
        meters.Create(MeterName).CreateObservableGauge(
            "userorder.circuit_breaker.state",
            () => _circuits.Keys.Select(name => new Measurement<int>(
                StateOf(name) switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 },
                new KeyValuePair<string, object?>("userorder.circuit_breaker.name", name))),
            description: "0 closed, 1 half-open, 2 open.");
    }

    /// <summary>Follows the breakers that use these options.</summary>
    public void Watch(HttpCircuitBreakerStrategyOptions options)
    {
        options.OnOpened = arguments => SetAsync(arguments.Context, CircuitState.Open, arguments.BreakDuration);
        options.OnHalfOpened = arguments => SetAsync(arguments.Context, CircuitState.HalfOpen);
        options.OnClosed = arguments => SetAsync(arguments.Context, CircuitState.Closed);
    }

    /// <summary>Degraded, never unhealthy: requests that do not need the other service still succeed.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var open = NamesOf(CircuitState.Open);
        var halfOpen = NamesOf(CircuitState.HalfOpen);
        return Task.FromResult((open, halfOpen) switch
        {
            ("", "") => HealthCheckResult.Healthy("all closed"),
            ("", _) => HealthCheckResult.Healthy($"half-open: {halfOpen}"),
            _ => HealthCheckResult.Degraded($"open: {open}"),
        });
    }

    private string NamesOf(CircuitState state) => string.Join(", ", _circuits.Keys.Where(name => StateOf(name) == state).Order());

    private CircuitState StateOf(string name) => _circuits[name] switch
    {
        { State: CircuitState.Open } open when _time.GetElapsedTime(open.Since) >= open.Break => CircuitState.HalfOpen,
        var (state, _, _) => state,
    };

    private ValueTask SetAsync(ResilienceContext context, CircuitState state, TimeSpan breakDuration = default)
    {
        if (context.GetRequestMessage()?.RequestUri is { } uri)
        {
            var before = _circuits.GetValueOrDefault(uri.Authority).State;
            _circuits[uri.Authority] = (state, _time.GetTimestamp(), breakDuration);

            // A half-open circuit that opens again is the same outage.
            if (state == CircuitState.Open && before == CircuitState.Closed)
            {
                LogOpened(uri.Authority);
            }
            else if (state == CircuitState.Closed)
            {
                LogClosed(uri.Authority);
            }
        }

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(73, LogLevel.Warning, "The circuit to {Service} opened: at least half of the calls in the last 10 s failed")]
    private partial void LogOpened(string service);

    [LoggerMessage(74, LogLevel.Information, "The circuit to {Service} closed")]
    private partial void LogClosed(string service);
}
