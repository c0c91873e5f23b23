namespace UserOrder.Messaging.Telemetry;

/// <summary>Counts events and keeps the distribution of their lags over the last minute. It is safe for concurrent use.</summary>
/// <remarks>A bucket's upper bound is a fifth above its lower one, so a percentile is exact to that degree.</remarks>
internal sealed class LagWindow(TimeProvider time)
{
    private const int Slots = 12;
    private const int BucketsPerOctave = 4;

    // From 1 ms to almost 4 h.
    private const int Buckets = 24 * BucketsPerOctave;

    private static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly int[] _counts = new int[Slots * Buckets];
    private long _slot;
    private long _total;

    /// <summary>Records one event.</summary>
    /// <param name="seconds">From the time of the event to the commit of its effect.</param>
    public void Record(double seconds)
    {
        lock (_lock)
        {
            Advance();
            _counts[(_slot % Slots * Buckets) + BucketOf(seconds)]++;
            _total++;
        }
    }

    public LagSummary Summarize()
    {
        Span<long> buckets = stackalloc long[Buckets];
        buckets.Clear();
        lock (_lock)
        {
            Advance();
            for (var i = 0; i < _counts.Length; i++)
            {
                buckets[i % Buckets] += _counts[i];
            }

            return new LagSummary(_total, Percentile(buckets, 0.5), Percentile(buckets, 0.99));
        }
    }

    /// <summary>Empties the slots that the clock has reached since the last call.</summary>
    private void Advance()
    {
        var current = time.GetElapsedTime(_origin).Ticks / SlotLength.Ticks;
        for (var slot = Math.Max(_slot, current - Slots) + 1; slot <= current; slot++)
        {
            _counts.AsSpan((int)(slot % Slots * Buckets), Buckets).Clear();
        }

        _slot = Math.Max(_slot, current);
    }

    private static int BucketOf(double seconds) =>
        seconds <= 0.001 ? 0 : (int)Math.Min(Buckets - 1, Math.Ceiling(Math.Log2(seconds * 1000) * BucketsPerOctave));

    private static double? Percentile(ReadOnlySpan<long> buckets, double fraction)
    {
        var total = 0L;
        foreach (var count in buckets)
        {
            total += count;
        }

        var (rank, seen) = ((long)Math.Ceiling(total * fraction), 0L);
        for (var i = 0; i < buckets.Length; i++)
        {
            seen += buckets[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Pow(2, (double)i / BucketsPerOctave) / 1000;
            }
        }

        return null;
    }
}

/// <summary>The lags of the events that one queue has delivered.</summary>
/// <param name="Applied">The events that took effect since the start of this replica.</param>
/// <param name="P50">The median in seconds over the last minute; null without an event.</param>
/// <param name="P99">The 99th percentile in seconds over the last minute; null without an event.</param>
internal sealed record LagSummary(long Applied, double? P50, double? P99);
