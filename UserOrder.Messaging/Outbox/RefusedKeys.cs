namespace UserOrder.Messaging.Outbox;

/// <summary>
/// The ordering keys whose first event the broker refused alone. They wait, so that the events of other keys go on. A key waits 100 ms,
/// doubled with each attempt, at most 5 s.
/// </summary>
internal sealed class RefusedKeys(TimeProvider time)
{
    // Beyond it, a refused event holds up the others of its type.
    private const int MaxKeys = 1_000;

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (long Since, TimeSpan Pause)> _keys = [];

    /// <summary>The keys that wait now.</summary>
    public IReadOnlyCollection<string> Keys
    {
        get
        {
            foreach (var (key, (since, pause)) in _keys)
            {
                if (time.GetElapsedTime(since) >= pause)
                {
                    _keys.Remove(key);
                }
            }

            return _keys.Keys;
        }
    }

    /// <summary>Lets a key wait.</summary>
    /// <param name="key">The key.</param>
    /// <param name="attempts">How often the broker had refused its first event before.</param>
    public void Add(string key, int attempts)
    {
        if (_keys.Count < MaxKeys)
        {
            var pause = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(attempts, 10)));
            _keys[key] = (time.GetTimestamp(), pause < MaxPause ? pause : MaxPause);
        }
    }
}
