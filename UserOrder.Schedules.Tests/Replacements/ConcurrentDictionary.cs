using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Messaging.Idempotency;

/// <summary>A dictionary at which the scheduler may interrupt.</summary>
internal sealed class ConcurrentDictionary<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];

    public bool TryAdd(TKey key, TValue value)
    {
        Scheduler.Reach("adds a key");
        if (_values.ContainsKey(key))
        {
            return false;
        }

        if (Scheduler.Current!.Has(Defects.NoAtomicity))
        {
            Scheduler.Reach("has not found the key that it adds");
        }

        _values[key] = value;
        return true;
    }

    public bool TryRemove(TKey key, out TValue? value)
    {
        Scheduler.Reach("removes a key");
        return _values.Remove(key, out value);
    }
}
