namespace UserOrder.Messaging.Resilience;

/// <summary>
/// Pauses between attempts: 100 ms at first, doubled after each failure, at most 2 s. Up to a quarter of random jitter keeps replicas from
/// retrying in step. Several callers may share an instance and its pauses. A minute without a failure resets the pause.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private TimeSpan _next = MinPause;
    private long _resumedAt;

    /// <summary>Resets the pause after a success.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _next = MinPause;
        }
    }

    /// <summary>Pauses after a failure that the caller logs.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => WaitAsync(static () => { }, cancellationToken);

    /// <summary>Pauses after a failure.</summary>
    /// <param name="onFirst">Runs if this failure follows a success, so that an outage is logged once.</param>
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
            if (time.GetElapsedTime(_resumedAt) > QuietPeriod)
            {
                _next = MinPause;
            }

            if (_next == MinPause)
            {
                onFirst();
            }

            var pause = _next * (1 + (Random.Shared.NextDouble() / 4));
            _next = _next * 2 < MaxPause ? _next * 2 : MaxPause;
            return pause;
        }
    }
}
