using RabbitMQ.Client.Events;

namespace UserOrder.Messaging.Broker;

/// <summary>The channel or connection is lost, so that the caller has to open a new one.</summary>
/// <param name="message">Why, in one sentence.</param>
/// <param name="close">The close of the channel; null if the broker does not answer.</param>
internal sealed class BrokerLostException(string message, ShutdownEventArgs? close = null) : Exception(message)
{
    public ShutdownEventArgs? Close => close;
}
