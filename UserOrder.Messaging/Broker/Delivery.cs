using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Broker;

/// <summary>A message that the broker delivered, or one event of it.</summary>
/// <param name="Message">The message, which is acknowledged when all its events are settled.</param>
/// <param name="Properties">The message's properties.</param>
/// <param name="Body">The body, a copy, because the client reuses its buffer; or the part of it that is the event.</param>
internal sealed record Delivery(DeliveredMessage Message, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)
{
    /// <summary>The exchange to which the message was published; empty for the default exchange.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>Whether it is one event of a message with an array of them.</summary>
    public bool IsPart { get; init; }

    /// <summary>Why no event of the message can be read; null if some may be readable.</summary>
    public string? Defect { get; init; }

    /// <summary>How often the handler has failed for this event.</summary>
    public int Failures { get; init; }

    /// <summary>Whether the consumer has postponed it before.</summary>
    public bool IsRetry { get; init; }

    /// <summary>The event's ordering key, if the queue keeps the order.</summary>
    public string? OrderingKey { get; init; }

    /// <summary>Whether it has waited behind an earlier event of its ordering key.</summary>
    public bool WasHeld { get; init; }

    /// <summary>Whether it must be processed without others, because consumers have often not survived the message.</summary>
    public bool IsAlone { get; init; }

    public ulong Tag => Message.Tag;

    /// <summary>The id of the message, or of the event that is a part of one.</summary>
    public string? MessageId => IsPart ? CloudEventReader.IdOf(Body.Span) : Properties.MessageId;

    public static Delivery From(BasicDeliverEventArgs arguments) =>
        new(
            new DeliveredMessage(arguments.DeliveryTag, arguments.Body.Length),
            arguments.BasicProperties,
            arguments.Body.ToArray())
        {
            Exchange = arguments.Exchange,
        };
}

/// <summary>A message that the broker delivered on a channel.</summary>
/// <param name="tag">Its delivery tag.</param>
/// <param name="bytes">The size of its body.</param>
internal sealed class DeliveredMessage(ulong tag, int bytes)
{
    public ulong Tag => tag;

    public int Bytes => bytes;

    /// <summary>How many of its events are not settled. The broker may have the acknowledgement at zero.</summary>
    public int Open { get; set; } = 1;
}
