namespace UserOrder.Messaging.Resilience;

/// <summary>
/// Keeps the starts of batches apart, so that under load each takes more along and the cost of a batch is shared by more events. The first
/// after a pause starts at once. Safe for several callers, who take the starts in turn.
/// </summary>
internal sealed class Pace(TimeSpan interval, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _nextStart = TimeSpan.Zero;

    /// <summary>Waits until the caller's batch may start.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (Reserve() is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private TimeSpan Reserve()
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_origin);
            var start = _nextStart > now ? _nextStart : now;
            _nextStart = start + interval;
            return start - now;
        }
    }
}
