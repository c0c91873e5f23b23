namespace UserOrder.Messaging;

/// <summary>
/// Keeps the starts of batches apart, so that under load each takes more along and the cost of a batch is shared by more events. The first
/// after a pause starts at once.
/// </summary>
internal sealed class Pace(TimeSpan interval, TimeProvider time)
{
    private long? _lastStart;

    /// <summary>Waits until the next batch may start, which is now unless the last one started less than the interval ago.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_lastStart is { } last && interval - time.GetElapsedTime(last) is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, time, cancellationToken);
        }

        _lastStart = time.GetTimestamp();
    }
}
