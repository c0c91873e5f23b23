using UserOrder.Messaging.Events;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Outbox;

/// <summary>One AMQP message with one event, or with several events of one type.</summary>
/// <remarks>
/// Several events are a JSON array: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format.
/// </remarks>
internal sealed class OutgoingMessage
{
    /// <summary>The most bytes of a message with several events. A single event may be larger.</summary>
    public const int MaxBatchBytes = 64 * 1024;

    private const int Brackets = 2;

    private readonly List<(int Index, OutboxMessage Event)> _events = new(1);
    private int _bytes = Brackets;

    private OutgoingMessage(int index, OutboxMessage first) => Add(index, first);

    /// <summary>The AMQP message id: that of the first event.</summary>
    public Guid Id => _events[0].Event.Id;

    public string Type => _events[0].Event.Type;

    public string ContentType => IsBatch ? CloudEvent.BatchContentType : CloudEvent.ContentType;

    public bool IsBatch => _events.Count > 1;

    /// <summary>The positions of the events among all that were packed.</summary>
    public IEnumerable<int> Indexes => _events.Select(packed => packed.Index);

    /// <summary><see cref="MaxBatchBytes"/>, or less if the service allows less for any message.</summary>
    public static int MaxBatchBytesOf(MessagingOptions options) => Math.Min(MaxBatchBytes, options.MaxMessageBytes);

    /// <summary>Packs events, in their order, into as few messages as the limits allow.</summary>
    /// <param name="events">The events.</param>
    /// <param name="maxEvents">The most events of a message.</param>
    /// <param name="maxBytes">The most bytes of a message with several events.</param>
    public static List<OutgoingMessage> Pack(IReadOnlyList<OutboxMessage> events, int maxEvents, int maxBytes)
    {
        var messages = new List<OutgoingMessage>();
        var open = new Dictionary<string, OutgoingMessage>();
        for (var i = 0; i < events.Count; i++)
        {
            if (open.TryGetValue(events[i].Type, out var message) && message.TryAdd(i, events[i], maxEvents, maxBytes))
            {
                continue;
            }

            message = new OutgoingMessage(i, events[i]);
            messages.Add(message);
            open[message.Type] = message;
        }

        return messages;
    }

    /// <summary>Writes the body: the event, or an array of the events.</summary>
    public byte[] Write()
    {
        if (!IsBatch)
        {
            return _events[0].Event.Body;
        }

        // Each event but the first follows a comma.
        var body = new byte[_bytes - 1];
        var at = 0;
        foreach (var (_, packed) in _events)
        {
            body[at] = (byte)(at == 0 ? '[' : ',');
            at++;
            packed.Body.CopyTo(body, at);
            at += packed.Body.Length;
        }

        body[at] = (byte)']';
        return body;
    }

    private bool TryAdd(int index, OutboxMessage added, int maxEvents, int maxBytes)
    {
        if (_events.Count >= maxEvents || _bytes + added.Body.Length > maxBytes)
        {
            return false;
        }

        Add(index, added);
        return true;
    }

    private void Add(int index, OutboxMessage added)
    {
        _events.Add((index, added));
        _bytes += added.Body.Length + 1;
    }
}
