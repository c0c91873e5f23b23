using System.Data.Common;
using Microsoft.Extensions.Logging;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Resilience;

/// <summary>The circuit breakers of the reliable path, one for each server and direction, whatever the number of callers.</summary>
internal sealed class Circuits
{
    public Circuits(MessagingTelemetry telemetry, TimeProvider time, ILogger<Circuit> logger)
    {
        // Whatever else the relay meets, its own database apart, is the broker's doing.
        RelayToBroker = new Circuit("relay-broker", exception => exception is not (OperationCanceledException or DbException), time, logger);
        ConsumerToDatabase = new Circuit("consumer-database", DatabaseOutage.Is, time, logger);
        telemetry.Observe(All);
    }

    public Circuit RelayToBroker { get; }

    public Circuit ConsumerToDatabase { get; }

    public IReadOnlyList<Circuit> All => [RelayToBroker, ConsumerToDatabase];
}
