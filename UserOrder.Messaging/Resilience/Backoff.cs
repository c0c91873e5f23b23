namespace UserOrder.Messaging.Resilience;

/// <summary>
/// Growing pauses between attempts: from 100 ms, doubled each time up to 2 s, with up to a quarter of random jitter so that replicas do
/// not come back in step. Safe for several callers, who share the pauses. After a minute without a failure they start from the beginning.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private TimeSpan _next = First;
    private long _resumedAt;

    /// <summary>Starts from the beginning after a success.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _next = First;
        }
    }

    /// <summary>Pauses after a failure.</summary>
    /// <param name="onFirst">What to do where this failure follows a success: the moment to log a change of state.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public async Task WaitAsync(Action onFirst, CancellationToken cancellationToken)
    {
        await Task.Delay(Next(onFirst), time, cancellationToken);
        lock (_lock)
        {
            _resumedAt = time.GetTimestamp();
        }
    }

    private TimeSpan Next(Action onFirst)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_resumedAt) > Peace)
            {
                _next = First;
            }

            if (_next == First)
            {
                onFirst();
            }

            var pause = _next * (1 + (Random.Shared.NextDouble() / 4));
            _next = _next * 2 < Longest ? _next * 2 : Longest;
            return pause;
        }
    }
}
