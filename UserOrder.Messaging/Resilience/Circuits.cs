using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Resilience;

/// <summary>The circuit breakers of the reliable path. All lanes of the relay share one, and all consumers share the other.</summary>
internal sealed class Circuits
{
    /// <param name="isDatabaseOutage">Distinguishes an outage from a failure of a handler.</param>
    /// <param name="telemetry">Exposes the states as a gauge.</param>
    /// <param name="time">The clock that times the breaks.</param>
    /// <param name="logger">Logs each change of state.</param>
    public Circuits(Func<Exception, bool> isDatabaseOutage, MessagingTelemetry telemetry, TimeProvider time, ILogger<Circuit> logger)
    {
        // The relay calls only its database and the broker, so every other failure comes from the broker.
        RelayToBroker = new Circuit(
            "relay-broker", exception => exception is not (OperationCanceledException or DbException), time, logger);
        ConsumerToDatabase = new Circuit("consumer-database", isDatabaseOutage, time, logger);
        All = [RelayToBroker, ConsumerToDatabase];
        telemetry.Meter.CreateObservableGauge("userorder.circuit_breaker.state", Measure, description: "0 closed, 1 half-open, 2 open.");
    }

    public Circuit RelayToBroker { get; }

    public Circuit ConsumerToDatabase { get; }

    public IReadOnlyList<Circuit> All { get; }

    private IEnumerable<Measurement<int>> Measure() =>
        from circuit in All
        select new Measurement<int>(
            circuit.State switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 },
            new KeyValuePair<string, object?>("userorder.circuit_breaker.name", circuit.Name));
}
