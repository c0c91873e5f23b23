using System.Diagnostics.CodeAnalysis;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Keeps the order of the events with the same ordering key: while one is postponed, those behind it are held. Events of other keys, and
/// those without a key, pass.
/// </summary>
/// <remarks>
/// What it holds stays unacknowledged, so a consumer that ends loses nothing: the broker delivers all again, in their order.
/// </remarks>
internal sealed class OrderGate
{
    // For each key with a postponed event, those behind it.
    private readonly Dictionary<string, Queue<Delivery>> _held = [];
    private readonly Queue<Delivery> _released = new();

    /// <summary>Whether events wait for <see cref="TryTakeReleased"/>.</summary>
    public bool HasReleased => _released.Count > 0;

    /// <summary>Holds an event if an earlier one of its key is postponed.</summary>
    public bool TryHold(Delivery delivery)
    {
        if (delivery.IsRetry || delivery.OrderingKey is not { } key || !_held.TryGetValue(key, out var behind))
        {
            return false;
        }

        behind.Enqueue(delivery);
        return true;
    }

    /// <summary>Takes an event whose key no longer waits. It comes before all events that have not been taken yet.</summary>
    public bool TryTakeReleased([MaybeNullWhen(false)] out Delivery delivery) => _released.TryDequeue(out delivery);

    /// <summary>Records the outcome of a batch.</summary>
    /// <param name="batch">The batch, in the order in which its events arrived.</param>
    /// <param name="postponed">Those of its events that are postponed, in the same order.</param>
    /// <returns>The postponed events that it holds, because an earlier one of their key is postponed, too.</returns>
    public IReadOnlySet<Delivery> Settle(IReadOnlyList<Delivery> batch, IReadOnlyList<Postponement> postponed)
    {
        var held = new HashSet<Delivery>(ReferenceEqualityComparer.Instance);
        var waiting = new HashSet<string>();
        foreach (var (delivery, _) in postponed)
        {
            if (delivery.OrderingKey is not { } key)
            {
                continue;
            }

            var behind = Behind(key);
            if (!waiting.Add(key))
            {
                held.Add(delivery);
                behind.Enqueue(AsHeld(delivery));
            }
        }

        foreach (var delivery in batch)
        {
            if (delivery.OrderingKey is { } key && !waiting.Contains(key) && _held.Remove(key, out var behind))
            {
                foreach (var next in behind)
                {
                    _released.Enqueue(AsHeld(next));
                }
            }
        }

        return held;
    }

    private static Delivery AsHeld(Delivery delivery) => delivery with { WasHeld = true, IsRetry = false };

    private Queue<Delivery> Behind(string key) =>
        _held.TryGetValue(key, out var behind) ? behind : _held[key] = new Queue<Delivery>();
}
