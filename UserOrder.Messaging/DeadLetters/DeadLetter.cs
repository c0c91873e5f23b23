using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>A dead letter that an operation has fetched and not acknowledged.</summary>
internal sealed class DeadLetter(string queue, BasicGetResult message)
{
    private const int IdBytes = 16;

    private readonly Lazy<CloudEvent?> _envelope = new(() => CloudEventReader.FindEnvelope(message.Body.Span));

    /// <summary>
    /// A hash of the queue, the message id and the body. Every call and every replica computes the same id, and copies of one message share
    /// it.
    /// </summary>
    public string Id { get; } = IdOf(queue, message);

    public ulong Tag => message.DeliveryTag;

    public IReadOnlyBasicProperties Properties => message.BasicProperties;

    public ReadOnlyMemory<byte> Body => message.Body;

    /// <summary>The type that the publisher declared, or else the envelope's; null if unknown.</summary>
    public string? Type => Properties.Type ?? _envelope.Value?.Type;

    /// <summary>The entity that the event is about; null if unknown.</summary>
    public string? Subject => _envelope.Value?.Subject;

    /// <summary>Why the message became a dead letter; null if unknown.</summary>
    public string? Reason => DeadLetterHeaders.ReasonOf(Properties.Headers);

    /// <summary>When the message became a dead letter, UTC; null if unknown.</summary>
    public DateTimeOffset? DiedAt => DeadLetterHeaders.TimeOf(Properties.Headers);

    /// <summary>The event's id in the envelope, or else in the message; null if neither has a UUID.</summary>
    public Guid? EventId =>
        Guid.TryParse(_envelope.Value?.Id, out var id) || Guid.TryParse(Properties.MessageId, out id) ? id : null;

    /// <summary>The id of the trace that caused the event, 32 hexadecimal digits; null if unknown.</summary>
    public string? TraceId
    {
        get
        {
            var context = TraceHeaders.Read(Properties.Headers);
            return context != default || ActivityContext.TryParse(_envelope.Value?.TraceParent, null, isRemote: true, out context)
                ? context.TraceId.ToHexString()
                : null;
        }
    }

    /// <summary>Whether the message is this event.</summary>
    public bool IsEvent(Guid id) => EventId == id || Guid.TryParse(Properties.MessageId, out var message) && message == id;

    /// <summary>Whether the message is the event, is about the subject or belongs to the trace.</summary>
    public bool Has(EventKey key) =>
        key.Id is { } id && IsEvent(id) || Subject == key.Subject || key.TraceId is not null && TraceId == key.TraceId;

    private static string IdOf(string queue, BasicGetResult message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{queue}\0{message.BasicProperties.MessageId}\0"));
        hash.AppendData(message.Body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, IdBytes));
    }
}
