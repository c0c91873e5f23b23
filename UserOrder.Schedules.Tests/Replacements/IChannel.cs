namespace UserOrder.Messaging.Consumer;

/// <summary>The part of a broker's channel that <c>DeliveryBuffer</c> uses.</summary>
internal interface IChannel
{
    ValueTask BasicAckAsync(ulong deliveryTag, bool multiple, CancellationToken cancellationToken);
}
