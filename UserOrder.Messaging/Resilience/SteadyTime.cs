namespace UserOrder.Messaging.Resilience;

/// <summary>
/// A clock that ignores steps of the wall clock, for libraries that measure durations by <c>GetUtcNow</c>. Without it, a step back
/// by an hour would keep Polly's circuit breaker open for an hour.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
#pragma warning disable RS0030 // Only the origin: a later step has no effect.
    private readonly DateTimeOffset _start = time.GetUtcNow();
#pragma warning restore RS0030
    private readonly long _origin = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _start + time.GetElapsedTime(_origin);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
