using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace UserOrder.Messaging.Broker;

/// <summary>A message that the broker delivered. The body is a copy, because the client reuses its buffer.</summary>
internal sealed record Delivery(ulong Tag, IReadOnlyBasicProperties Properties, byte[] Body)
{
    /// <summary>The exchange to which the message was published; empty for the default exchange.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>How often the handler has failed for this message.</summary>
    public int Failures { get; init; }

    /// <summary>Whether the consumer has postponed the message before.</summary>
    public bool IsRetry { get; init; }

    public static Delivery From(BasicDeliverEventArgs arguments) =>
        new(arguments.DeliveryTag, arguments.BasicProperties, arguments.Body.ToArray()) { Exchange = arguments.Exchange };
}
