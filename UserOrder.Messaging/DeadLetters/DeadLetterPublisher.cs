using RabbitMQ.Client;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Moves a message to its queue's dead letters, with the reason in a header that a plain reject could not carry.</summary>
internal static class DeadLetterPublisher
{
    /// <summary>Completes when the broker has stored the dead letter, so that the original may be acknowledged.</summary>
    /// <remarks>A crash before the acknowledgement leaves two copies of the dead letter, never none.</remarks>
    public static async Task PublishAsync(
        IChannel channel, string queue, Delivery delivery, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Expiration = null,

            // The broker closes the channel of whoever publishes in another user's name: https://www.rabbitmq.com/docs/validated-user-id
            UserId = null,
            Headers = DeadLetterHeaders.OfDeath(delivery.Properties.Headers, queue, reason, now),
        };
        await channel.BasicPublishAsync(Topology.ExchangeOf(queue), Topology.DeadLettersOf(queue), mandatory: true, properties, delivery.Body, cancellationToken);
    }
}
