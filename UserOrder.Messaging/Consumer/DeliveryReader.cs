using System.Diagnostics;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Consumer;

/// <summary>Reads the event in a delivery, and starts its <c>process</c> span.</summary>
internal sealed class DeliveryReader<TData>(
    Subscription<TData> subscription, ConsumerTelemetry telemetry, IOptions<MessagingOptions> options)
{
    private readonly MessagingOptions _options = options.Value;
    private readonly string? _publisher = options.Value.Publishers.TryGetValue(subscription.Type.Name, out var user) ? user : null;

    /// <exception cref="UnreadableEventException">
    /// The message is too large, forged, or violates the contract, or was to become a dead letter before.
    /// </exception>
    public IncomingEvent<TData> Read(Delivery delivery)
    {
        // Only this service may publish to the queue's own exchange. Dead letters that it replays come by it, and those that it put last.
        var isOwn = delivery.Exchange == Topology.ExchangeOf(subscription.Queue);
        if (isOwn && DeadLetterHeaders.RecordedReasonOf(delivery.Properties.Headers) is { } reason)
        {
            throw new UnreadableEventException(reason);
        }

        if (delivery.Defect is not null)
        {
            throw new UnreadableEventException(delivery.Defect);
        }

        if (delivery.Body.Length > _options.MaxMessageBytes)
        {
            throw new UnreadableEventException(
                $"The message has {delivery.Body.Length} bytes; at most {_options.MaxMessageBytes} are allowed.");
        }

        if (_publisher is not null && delivery.Properties.UserId != _publisher && !isOwn)
        {
            throw new UnreadableEventException($"The broker does not confirm that {_publisher} published the event.");
        }

        var (received, envelope) = CloudEventReader.Read(subscription.Type, delivery.Body.Span);
        var sent = DeadLetterHeaders.ReplayTimeOf(delivery.Properties.Headers) ?? received.Time;
        var parent = delivery.IsPart ? default : TraceHeaders.Read(delivery.Properties.Headers);
        if (parent == default)
        {
            _ = ActivityContext.TryParse(envelope.TraceParent, envelope.TraceState, isRemote: true, out parent);
        }

        Guid? eventId = delivery.IsPart ? received.Id : null;
        return new IncomingEvent<TData>(delivery, received, sent, telemetry.StartProcess(delivery, parent, received.Subject, eventId));
    }
}
