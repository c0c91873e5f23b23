namespace UserOrder.Messaging.Broker;

/// <summary>The channel or connection is lost, so that the caller has to open a new one.</summary>
internal sealed class BrokerLostException(string message) : Exception(message);
