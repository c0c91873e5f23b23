namespace UserOrder.Messaging.Resilience;

/// <summary>
/// A clock that steps of the wall clock do not move, for libraries that measure durations by <see cref="GetUtcNow"/>. Polly's circuit
/// breaker is one: after a step back by an hour it would stay open for an hour.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _origin = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _start + time.GetElapsedTime(_origin);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
