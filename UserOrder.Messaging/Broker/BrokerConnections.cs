using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// The service's broker connections. Publishers and consumers use separate ones: the broker stops reading from a connection that publishes
/// faster than it can store, and acknowledgements must not wait for that (https://www.rabbitmq.com/docs/alarms).
/// </summary>
internal sealed class BrokerConnections : IAsyncDisposable
{
    /// <summary>How long a broker may take to answer a new connection.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public BrokerConnections(IConnectionFactory factory, BrokerAccess access, IOptions<MessagingOptions> options)
    {
        // The relay and the consumers reconnect and redeclare themselves. The client's automatic recovery would compete with them.
        if (factory is ConnectionFactory concrete)
        {
            concrete.AutomaticRecoveryEnabled = false;
            concrete.TopologyRecoveryEnabled = false;
            concrete.RequestedConnectionTimeout = AnswerTimeout;
        }

        // A connection attempt that began during an outage must not outlast it by long.
        factory.HandshakeContinuationTimeout = AnswerTimeout;
        factory.ContinuationTimeout = 2 * AnswerTimeout;
        factory.RequestedHeartbeat = TimeSpan.FromSeconds(10);
        Publishing = new BrokerConnection(factory, access, $"{options.Value.ServiceName}.relay");
        Consuming = new BrokerConnection(factory, access, $"{options.Value.ServiceName}.consumer");
        DeadLetters = new BrokerConnection(factory, access, $"{options.Value.ServiceName}.dead-letters");
    }

    public BrokerConnection Publishing { get; }

    public BrokerConnection Consuming { get; }

    /// <summary>Serves the operators' requests. The first request opens it.</summary>
    public BrokerConnection DeadLetters { get; }

    public async ValueTask DisposeAsync()
    {
        await Publishing.DisposeAsync();
        await Consuming.DisposeAsync();
        await DeadLetters.DisposeAsync();
    }
}
