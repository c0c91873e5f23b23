using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Consumer;

/// <summary>The state of one batch in progress.</summary>
/// <param name="stopping">Cancelled when the service stops.</param>
internal sealed class BatchContext(CancellationToken stopping)
{
    public CancellationToken Stopping => stopping;

    /// <summary>The deliveries to retry later. All others may be acknowledged.</summary>
    public List<Postponement> Postponed { get; } = [];

    /// <summary>The deliveries that have waited for room among the dead letters, each with its reason.</summary>
    public List<(Delivery Delivery, string Reason)> Refused { get; } = [];

    /// <summary>What the broker did with the first dead letter of the batch that it did not store. The others are not published.</summary>
    public DeadLetterOutcome Outcome { get; set; }

    /// <summary>Postpones those events whose ordering key has a postponed event already.</summary>
    /// <returns>The other events.</returns>
    public IReadOnlyList<T> PostponeHeld<T>(IReadOnlyList<T> events, Func<T, Delivery> deliveryOf)
    {
        if (Postponed.Count == 0)
        {
            return events;
        }

        var keys = Postponed.Select(postponement => postponement.Delivery.OrderingKey).OfType<string>().ToHashSet();
        var isHeld = events.ToLookup(held => deliveryOf(held).OrderingKey is { } key && keys.Contains(key));
        Postponed.AddRange(isHeld[true].Select(held => new Postponement(deliveryOf(held), TimeSpan.Zero)));
        return [.. isHeld[false]];
    }
}

/// <summary>What the broker does with the dead letters of a batch.</summary>
internal enum DeadLetterOutcome
{
    Stored,

    /// <summary>Their queue is full or missing.</summary>
    Refused,

    /// <summary>The broker takes no message, or does not answer.</summary>
    Unknown,
}
