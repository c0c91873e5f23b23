using Microsoft.Extensions.Time.Testing;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_two_seconds_plus_25_percent_jitter_and_restart_after_a_reset()
    {
        var time = new FakeTimeProvider();
        var backoff = new Backoff(time);

        AssertPause(backoff, time, 0.1, isFirst: true);
        foreach (var expected in new[] { 0.2, 0.4, 0.8, 1.6, 2, 2, 2 })
        {
            AssertPause(backoff, time, expected, isFirst: false);
        }

        backoff.Reset();
        AssertPause(backoff, time, 0.1, isFirst: true);
        AssertPause(backoff, time, 0.2, isFirst: false);
    }

    [Fact]
    public void Pauses_restart_after_a_minute_without_a_failure()
    {
        var time = new FakeTimeProvider();
        var backoff = new Backoff(time);
        AssertPause(backoff, time, 0.1, isFirst: true);
        time.Advance(TimeSpan.FromSeconds(59));
        AssertPause(backoff, time, 0.2, isFirst: false);
        time.Advance(TimeSpan.FromSeconds(61));
        AssertPause(backoff, time, 0.1, isFirst: true);
    }

    private static void AssertPause(Backoff backoff, FakeTimeProvider time, double seconds, bool isFirst)
    {
        var wasFirst = false;
        var pause = backoff.WaitAsync(() => wasFirst = true, TestContext.Current.CancellationToken);
        Assert.Equal(isFirst, wasFirst);
        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(pause.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(seconds / 4) + TimeSpan.FromMilliseconds(1));
        Assert.True(pause.IsCompletedSuccessfully);
    }
}
