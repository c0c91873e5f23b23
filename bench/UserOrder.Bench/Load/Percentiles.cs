namespace UserOrder.Bench.Load;

internal static class Percentiles
{
    /// <summary>The nearest-rank percentile of sorted values.</summary>
    /// <param name="sorted">The values, ascending; at least one.</param>
    /// <param name="part">0.99 for the 99th.</param>
    public static double Percentile(this IReadOnlyList<double> sorted, double part) =>
        sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Count) - 1, 0, sorted.Count - 1)];
}
