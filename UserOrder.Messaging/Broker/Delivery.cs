using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace UserOrder.Messaging.Broker;

/// <summary>A message as the broker delivered it. The body is a copy: the client takes its buffer back.</summary>
internal sealed record Delivery(ulong Tag, IReadOnlyBasicProperties Properties, byte[] Body)
{
    /// <summary>How often the handler has failed for it.</summary>
    public int Failures { get; init; }

    /// <summary>Whether it was put aside and has come back.</summary>
    public bool IsRetry { get; init; }

    public static Delivery From(BasicDeliverEventArgs arguments) =>
        new(arguments.DeliveryTag, arguments.BasicProperties, arguments.Body.ToArray());
}
