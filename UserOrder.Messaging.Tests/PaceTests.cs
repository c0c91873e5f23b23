using Microsoft.Extensions.Time.Testing;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Tests;

public sealed class PaceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    private readonly FakeTimeProvider _time = new();
    private readonly Pace _pace;

    public PaceTests() => _pace = new Pace(Interval, _time);

    [Fact]
    public void The_first_start_is_immediate_and_the_next_waits_for_the_interval()
    {
        Assert.True(WaitAsync().IsCompletedSuccessfully);

        var next = WaitAsync();
        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_start_after_a_whole_interval_is_immediate()
    {
        Assert.True(WaitAsync().IsCompletedSuccessfully);
        _time.Advance(Interval);
        Assert.True(WaitAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public void Concurrent_callers_start_one_interval_apart()
    {
        var starts = new[] { WaitAsync(), WaitAsync(), WaitAsync() };
        for (var started = 1; started < starts.Length; started++)
        {
            Assert.Equal(started, starts.Count(start => start.IsCompleted));
            _time.Advance(Interval);
        }

        Assert.All(starts, start => Assert.True(start.IsCompletedSuccessfully));
    }

    [Fact]
    public void A_pause_earns_no_burst()
    {
        Assert.True(WaitAsync().IsCompletedSuccessfully);
        _time.Advance(10 * Interval);

        Assert.True(WaitAsync().IsCompletedSuccessfully);
        Assert.False(WaitAsync().IsCompleted);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void A_step_of_the_wall_clock_moves_no_start(int days)
    {
        var time = new SteppedTime(_time);
        var pace = new Pace(Interval, time);
        Assert.True(pace.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);

        time.Step = TimeSpan.FromDays(days);
        var next = pace.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(Interval);
        Assert.True(next.IsCompletedSuccessfully);
    }

    private Task WaitAsync() => _pace.WaitAsync(TestContext.Current.CancellationToken).AsTask();
}
