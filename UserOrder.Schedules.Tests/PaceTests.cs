using UserOrder.Messaging.Resilience;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Schedules.Tests;

/// <summary>Callers that share a pace start at least an interval apart, and each of them starts.</summary>
public sealed class PaceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    [Fact]
    public void Starts_of_concurrent_callers_are_an_interval_apart() =>
        Exploration.Holds(scheduler => StartConcurrentlyAsync(scheduler, new Pace(Interval, scheduler.Time).WaitAsync));

    [Fact]
    public void A_pace_without_a_lock_is_found() => Exploration.Finds(
        Defects.None, scheduler => StartConcurrentlyAsync(scheduler, new UnlockedPace(scheduler.Time).WaitAsync), "An early start");

    private static async Task StartConcurrentlyAsync(Scheduler scheduler, Func<CancellationToken, ValueTask> waitAsync)
    {
        var starts = new List<TimeSpan>();
        var origin = scheduler.Time.GetTimestamp();
        var callers = Enumerable.Range(1, 3).Select(caller => scheduler.Spawn($"caller {caller}", async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await waitAsync(CancellationToken.None);
                starts.Add(scheduler.Time.GetElapsedTime(origin));
            }
        })).ToList();
        await Task.WhenAll(callers);

        // An interrupted caller may note its start late, but none can have started before its turn.
        var early = starts.Order().Index().Where(start => start.Item < start.Index * Interval).ToList();
        Assert.True(early.Count == 0, $"An early start: {string.Join(", ", starts)}");
    }

    /// <summary>The loop of <see cref="Pace"/> without its lock. Nothing interrupts that one between its read and its write.</summary>
    private sealed class UnlockedPace(TimeProvider time)
    {
        private readonly long _origin = time.GetTimestamp();
        private TimeSpan _nextStart = TimeSpan.Zero;

        public async ValueTask WaitAsync(CancellationToken cancellationToken)
        {
            var next = _nextStart;
            var now = time.GetElapsedTime(_origin);
            var start = next > now ? next : now;
            _nextStart = start + Interval;
            if (start > now)
            {
                await Task.Delay(start - now, time, cancellationToken);
            }
        }
    }
}
