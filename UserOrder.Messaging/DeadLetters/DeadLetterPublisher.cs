using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>
/// Publishes messages to the dead letters of a queue, with the reason in a header, and replays them to the queue. A plain reject could not
/// carry a reason.
/// </summary>
/// <remarks>
/// It never uses a connection that acknowledges: during an alarm the broker would read no acknowledgements either, and the queue that may
/// have caused the alarm could not drain.
/// </remarks>
internal sealed class DeadLetterPublisher(BrokerConnections broker, TimeProvider time, IOptions<MessagingOptions> options) : IDisposable
{
    private readonly TimedPublisher _publisher = new(broker.Publishing, options.Value.ConfirmTimeout, time);

    /// <summary>Completes when the broker has stored the dead letter. The caller may then acknowledge the original.</summary>
    /// <remarks>A crash before the acknowledgement duplicates the dead letter. It never loses it.</remarks>
    /// <exception cref="PublishException">The dead letters are full or missing.</exception>
    /// <exception cref="BrokerLostException">The broker accepts no messages, or did not confirm in time.</exception>
    public Task PublishAsync(string queue, Delivery delivery, string reason, int attempts, CancellationToken cancellationToken) =>
        PublishAsync(queue, Topology.DeadLettersOf(queue), delivery, reason, attempts, cancellationToken);

    /// <summary>
    /// Completes when the broker has stored the message, with its reason, at the end of its own queue. The caller may then acknowledge the
    /// original, so that other messages pass it.
    /// </summary>
    /// <exception cref="PublishException">The queue is full or missing.</exception>
    /// <exception cref="BrokerLostException">The broker accepts no messages, or did not confirm in time.</exception>
    public Task PutLastAsync(string queue, Delivery delivery, string reason, CancellationToken cancellationToken) =>
        PublishAsync(queue, queue, delivery, reason, attempts: 0, cancellationToken);

    /// <summary>
    /// Completes when the broker has stored the message, or its correction, in its queue. The caller may then acknowledge the dead letter.
    /// </summary>
    /// <exception cref="PublishException">The queue is full or missing.</exception>
    /// <exception cref="BrokerLostException">The broker accepts no messages, or did not confirm in time.</exception>
    public Task ReplayAsync(string queue, DeadLetter letter, Correction? correction)
    {
        var (headers, now) = (letter.Properties.Headers, time.ReadWallClock());
        var properties = new BasicProperties(letter.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            UserId = null,
            Headers = correction is null
                ? DeadLetterHeaders.OfReplay(headers, now)
                : DeadLetterHeaders.OfEdit(headers, now, correction.Editor),
        };
        if (correction is not null)
        {
            properties.ContentType = CloudEvent.ContentType;
            properties.MessageId = correction.EventId.ToString();
            properties.Type = correction.Type;
        }

        // The caller's token must not end the wait: without its confirm, a replayed message would stay a dead letter.
        return _publisher.PublishAsync(
            Topology.ExchangeOf(queue), queue, properties, correction?.Body ?? letter.Body, CancellationToken.None);
    }

    public void Dispose() => _publisher.Dispose();

    private Task PublishAsync(
        string queue, string routingKey, Delivery delivery, string reason, int attempts, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Expiration = null,

            // One event of several goes as a message of its own.
            ContentType = delivery.IsPart ? CloudEvent.ContentType : delivery.Properties.ContentType,
            MessageId = delivery.MessageId,

            // The broker closes a channel that publishes with another user's id: https://www.rabbitmq.com/docs/validated-user-id
            UserId = null,
            Headers = DeadLetterHeaders.OfDeath(delivery.Properties.Headers, queue, reason, attempts, time.ReadWallClock()),
        };
        return _publisher.PublishAsync(Topology.ExchangeOf(queue), routingKey, properties, delivery.Body, cancellationToken);
    }
}
