namespace UserOrder.Bench.Load;

/// <summary>What a load generator saw: the requests that were answered 201, how long it sent, and the milliseconds to an answer.</summary>
internal sealed record LoadResult(long Accepted, double Seconds, double P50, double P99)
{
    public double AcceptedPerSecond => Accepted / Seconds;

    public static LoadResult Of(IEnumerable<double> milliseconds, TimeSpan duration)
    {
        List<double> sorted = [.. milliseconds.Order()];
        return new LoadResult(sorted.Count, duration.TotalSeconds, sorted.Percentile(0.5), sorted.Percentile(0.99));
    }
}

internal static class Percentiles
{
    /// <summary>The nearest-rank percentile of sorted values.</summary>
    public static double Percentile(this IReadOnlyList<double> sorted, double part) =>
        sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Count) - 1, 0, sorted.Count - 1)];
}
