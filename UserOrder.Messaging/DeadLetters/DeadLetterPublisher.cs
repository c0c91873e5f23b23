using System.Globalization;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Moves a message to its queue's dead letters, with the reason in a header that a plain reject could not carry.</summary>
internal static class DeadLetterPublisher
{
    /// <summary>Why the message is dead, one sentence.</summary>
    public const string ReasonHeader = "x-reason";

    /// <summary>The queue that the message came from.</summary>
    public const string QueueHeader = "x-queue";

    /// <summary>When it died, UTC, in the round-trip form of ISO 8601.</summary>
    public const string TimeHeader = "x-died-at";

    /// <summary>Completes when the broker has stored the dead letter, so that the original may be acknowledged.</summary>
    /// <remarks>A crash before the acknowledgement leaves two copies of the dead letter, never none.</remarks>
    public static async Task PublishAsync(
        IChannel channel, string queue, Delivery delivery, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Expiration = null,

            // The broker refuses another user's id, with the channel (https://www.rabbitmq.com/docs/validated-user-id).
            UserId = null,
            Headers = new Dictionary<string, object?>(DeadLetterHeaders.WithoutDeath(delivery.Properties.Headers))
            {
                [ReasonHeader] = reason,
                [QueueHeader] = queue,
                [TimeHeader] = now.ToString("O", CultureInfo.InvariantCulture),
            },
        };
        await channel.BasicPublishAsync("", Topology.DeadLettersOf(queue), mandatory: true, properties, delivery.Body, cancellationToken);
    }
}
