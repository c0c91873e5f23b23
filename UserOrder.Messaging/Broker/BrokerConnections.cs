using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// The service's connections. They are apart because the broker stops reading from a connection that publishes faster than it can
/// store, and acknowledgements must not wait behind that (https://www.rabbitmq.com/docs/alarms).
/// </summary>
internal sealed class BrokerConnections : IAsyncDisposable
{
    /// <summary>How long a broker may take to answer a new connection.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public BrokerConnections(IConnectionFactory factory, BrokerAccess access, IOptions<MessagingOptions> options)
    {
        // The relay and the consumers reconnect and declare by themselves; the client's own recovery would compete with them.
        if (factory is ConnectionFactory concrete)
        {
            concrete.AutomaticRecoveryEnabled = false;
            concrete.TopologyRecoveryEnabled = false;
            concrete.RequestedConnectionTimeout = AnswerTimeout;
        }

        // An attempt that began while the broker was cut off must not outlast the outage by long.
        factory.HandshakeContinuationTimeout = AnswerTimeout;
        factory.ContinuationTimeout = 2 * AnswerTimeout;
        factory.RequestedHeartbeat = TimeSpan.FromSeconds(10);
        Publishing = new BrokerConnection(factory, access, $"{options.Value.ServiceName}.relay");
        Consuming = new BrokerConnection(factory, access, $"{options.Value.ServiceName}.consumer");
        DeadLetters = new BrokerConnection(factory, access, $"{options.Value.ServiceName}.dead-letters");
    }

    public BrokerConnection Publishing { get; }

    public BrokerConnection Consuming { get; }

    /// <summary>For the operators' requests: opened by the first of them.</summary>
    public BrokerConnection DeadLetters { get; }

    public async ValueTask DisposeAsync()
    {
        await Publishing.DisposeAsync();
        await Consuming.DisposeAsync();
        await DeadLetters.DisposeAsync();
    }
}
