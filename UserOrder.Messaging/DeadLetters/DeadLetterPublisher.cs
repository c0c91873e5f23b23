using RabbitMQ.Client;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>
/// Publishes a message to its queue's dead letters, with the reason in a header. A plain reject could not carry a reason.
/// </summary>
internal static class DeadLetterPublisher
{
    /// <summary>Completes when the broker has stored the dead letter. The caller may then acknowledge the original.</summary>
    /// <remarks>A crash before the acknowledgement duplicates the dead letter. It never loses it.</remarks>
    public static async Task PublishAsync(
        IChannel channel, string queue, Delivery delivery, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Expiration = null,

            // The broker closes a channel that publishes with another user's id: https://www.rabbitmq.com/docs/validated-user-id
            UserId = null,
            Headers = DeadLetterHeaders.OfDeath(delivery.Properties.Headers, queue, reason, now),
        };
        await channel.BasicPublishAsync(Topology.ExchangeOf(queue), Topology.DeadLettersOf(queue), mandatory: true, properties, delivery.Body, cancellationToken);
    }
}
