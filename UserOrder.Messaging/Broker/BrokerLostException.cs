namespace UserOrder.Messaging.Broker;

/// <summary>The channel or connection is gone; a new one is needed.</summary>
internal sealed class BrokerLostException(string message) : Exception(message);
