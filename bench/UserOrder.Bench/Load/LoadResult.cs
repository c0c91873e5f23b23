namespace UserOrder.Bench.Load;

/// <summary>What a load generator saw.</summary>
/// <param name="Accepted">Requests that were answered 201.</param>
/// <param name="Seconds">How long it sent.</param>
/// <param name="P50">The median time to an answer, in milliseconds.</param>
/// <param name="P99">The 99th percentile of the time to an answer, in milliseconds.</param>
internal sealed record LoadResult(long Accepted, double Seconds, double P50, double P99)
{
    public double AcceptedPerSecond => Accepted / Seconds;
}
