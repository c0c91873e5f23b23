namespace UserOrder.Messaging.Resilience;

/// <summary>
/// Spaces out the starts of batches, so that under load more events share the cost of a batch. The first batch after a pause starts at
/// once. Several callers may share an instance; they start in turn.
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
