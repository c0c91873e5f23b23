using Microsoft.Extensions.Time.Testing;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Tests;

public sealed class LagWindowTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LagWindow _window;

    public LagWindowTests() => _window = new LagWindow(_time);

    [Fact]
    public void Without_an_event_there_is_no_percentile() => Assert.Equal(new LagSummary(0, null, null), _window.Summarize());

    [Fact]
    public void A_percentile_is_exact_to_a_fifth()
    {
        for (var i = 0; i < 98; i++)
        {
            _window.Record(0.1);
        }

        _window.Record(3);
        _window.Record(3);

        var summary = _window.Summarize();
        Assert.Equal(100, summary.Applied);
        Assert.InRange(summary.P50!.Value, 0.1, 0.12);
        Assert.InRange(summary.P99!.Value, 3, 3.6);
    }

    [Theory]
    [InlineData(0, 0.001)]
    [InlineData(0.001, 0.001)]
    [InlineData(0.002, 0.002)]
    [InlineData(1_000_000_000, 15_000)]
    public void The_smallest_and_the_largest_lags_have_a_bucket(double seconds, double atMost)
    {
        _window.Record(seconds);

        Assert.InRange(_window.Summarize().P99!.Value, 0.001, atMost);
    }

    [Fact]
    public void An_event_leaves_the_percentiles_after_a_minute_and_stays_in_the_count()
    {
        _window.Record(1);
        _time.Advance(TimeSpan.FromSeconds(50));
        _window.Record(8);
        Assert.InRange(_window.Summarize().P50!.Value, 1, 1.2);

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.InRange(_window.Summarize().P50!.Value, 8, 9.6);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new LagSummary(2, null, null), _window.Summarize());

        _window.Record(1);
        Assert.Equal(3, _window.Summarize().Applied);
        Assert.InRange(_window.Summarize().P50!.Value, 1, 1.2);
    }
}
