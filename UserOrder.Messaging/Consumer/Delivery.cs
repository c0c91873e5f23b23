using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>A message as the broker delivered it, copied out of the client's buffer.</summary>
internal sealed record Delivery(ulong Tag, IReadOnlyBasicProperties Properties, byte[] Body)
{
    public static Delivery From(BasicDeliverEventArgs arguments) =>
        new(arguments.DeliveryTag, new BasicProperties(arguments.BasicProperties), arguments.Body.ToArray());
}
