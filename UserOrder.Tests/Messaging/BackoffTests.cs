using Microsoft.Extensions.Time.Testing;
using UserOrder.Messaging;

namespace UserOrder.Tests.Messaging;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_five_seconds_plus_a_quarter_and_start_again_after_a_reset()
    {
        var time = new FakeTimeProvider();
        var backoff = new Backoff(time);

        Assert.True(backoff.IsFirst);
        foreach (var expected in new[] { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5 })
        {
            AssertPause(backoff, time, expected);
            Assert.False(backoff.IsFirst);
        }

        backoff.Reset();
        Assert.True(backoff.IsFirst);
        AssertPause(backoff, time, 0.1);
    }

    private static void AssertPause(Backoff backoff, FakeTimeProvider time, double seconds)
    {
        var pause = backoff.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(pause.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(seconds / 4) + TimeSpan.FromMilliseconds(1));
        Assert.True(pause.IsCompletedSuccessfully);
    }
}
