using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Divides a message with several events, each of which is then processed and retried on its own, and may become a dead letter.
/// </summary>
internal sealed class DeliverySplitter(IOptions<MessagingOptions> options)
{
    private readonly int _maxBytes = options.Value.MaxMessageBytes;
    private readonly int _manyDeliveries = Math.Max(1, options.Value.DeliveryLimit / 2);

    /// <returns>The events; the message itself if it has one event, or none that can be read.</returns>
    public IReadOnlyList<Delivery> Split(Delivery delivery)
    {
        if (DeadLetterHeaders.DeliveriesOf(delivery.Properties.Headers) >= _manyDeliveries)
        {
            // A crash of the consumer must not be held against the events that were delivered with the one that caused it.
            delivery = delivery with { IsAlone = true };
        }

        if (!IsBatch(delivery.Properties.ContentType) || delivery.Body.Length > _maxBytes)
        {
            return [delivery];
        }

        try
        {
            var events = CloudEventBatch.Split(delivery.Body.Span);
            delivery.Message.Open = events.Count;
            return [.. events.Select(range => delivery with { Body = delivery.Body[range], IsPart = true })];
        }
        catch (UnreadableEventException exception)
        {
            return [delivery with { Defect = exception.Message }];
        }
    }

    private static bool IsBatch(string? contentType) =>
        contentType?.StartsWith(CloudEvent.BatchContentType, StringComparison.OrdinalIgnoreCase) == true;
}
