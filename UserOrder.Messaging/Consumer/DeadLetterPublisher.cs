using RabbitMQ.Client;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Consumer;

/// <summary>Moves a message to its queue's dead letters, with the reason in a header that a plain reject could not carry.</summary>
internal static class DeadLetterPublisher
{
    /// <summary>Why the message is dead, one sentence.</summary>
    public const string ReasonHeader = "x-reason";

    /// <summary>The queue that the message came from.</summary>
    public const string QueueHeader = "x-queue";

    // The broker routes a copy to each queue they name, which may be the one that the message came from:
    // https://www.rabbitmq.com/docs/sender-selected
    private static readonly string[] OtherRecipients = ["CC", "BCC"];

    /// <summary>Completes when the broker has stored the dead letter, so that the original may be acknowledged.</summary>
    /// <remarks>A crash before the acknowledgement leaves two copies of the dead letter, never none.</remarks>
    public static async Task PublishAsync(IChannel channel, string queue, Delivery delivery, string reason, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, object?>(delivery.Properties.Headers ?? new Dictionary<string, object?>())
        {
            [ReasonHeader] = reason,
            [QueueHeader] = queue,
        };
        foreach (var recipients in OtherRecipients)
        {
            headers.Remove(recipients);
        }

        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Expiration = null,
            Headers = headers,

            // The broker closes the channel of whoever publishes in another user's name: https://www.rabbitmq.com/docs/validated-user-id
            UserId = null,
        };
        await channel.BasicPublishAsync("", Topology.DeadLettersOf(queue), mandatory: true, properties, delivery.Body, cancellationToken);
    }
}
