namespace UserOrder.Messaging.Tests;

/// <summary>A clock whose wall time can be stepped while its timers and timestamps go on.</summary>
internal sealed class SteppedTime(TimeProvider time) : TimeProvider
{
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Step;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
