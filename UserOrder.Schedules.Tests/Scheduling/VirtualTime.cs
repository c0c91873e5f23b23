namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>The clock of a schedule. Its time passes only when the scheduler chooses so, up to the next timer.</summary>
internal sealed class VirtualTime(Scheduler scheduler) : TimeProvider
{
    private readonly List<Timer> _timers = [];

    // Some parts take a timestamp of zero for long ago.
    private TimeSpan _now = TimeSpan.FromHours(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The time, read without a step.</summary>
    public TimeSpan Now => _now;

    /// <summary>Whether a timer is due some time.</summary>
    public bool HasTimers => _timers.Count > 0;

    public override long GetTimestamp()
    {
        Scheduler.Reach("reads the clock");
        return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass up to the next timer, whose callback becomes an operation.</summary>
    public void Advance()
    {
        var next = _timers.MinBy(timer => timer.Due)!;
        _now = next.Due > _now ? next.Due : _now;
        _timers.Remove(next);
        scheduler.Start(next.Fire);
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Due = time._now + dueTime;
                time._timers.Add(this);
            }

            return true;
        }

        /// <summary>Runs as a timer of .NET does, without a context, so that a continuation that asks for none runs at once.</summary>
        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                callback(state);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
