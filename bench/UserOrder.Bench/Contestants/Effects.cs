namespace UserOrder.Bench.Contestants;

/// <summary>What has taken effect in the order service.</summary>
/// <param name="Count">How many events.</param>
/// <param name="Last">When the last of them did.</param>
/// <param name="LagP50">The median time from a user's creation to the effect of the event, in milliseconds.</param>
/// <param name="LagP99">The 99th percentile of that time, in milliseconds.</param>
internal sealed record Effects(long Count, DateTimeOffset Last, double LagP50, double LagP99);
