using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;
using UserOrder.Bench.Report;

namespace UserOrder.Bench.Tests;

public sealed class FiguresTests
{
    [Fact]
    public void The_median_of_an_even_number_is_between_the_two_in_the_middle() =>
        Assert.Equal(new Spread(2.5, 1, 10), Spread.Of([10, 1, 3, 2]));

    [Fact]
    public void A_spread_is_written_only_where_it_is_seen()
    {
        Assert.Equal("2 (1–10)", Spread.Of([10, 1, 2]).ToString("0"));
        Assert.Equal("1", Spread.Of([1.01, 1.02]).ToString("0"));
    }

    [Fact]
    public void A_percentile_is_one_of_the_values()
    {
        double[] sorted = [.. Enumerable.Range(1, 200)];
        Assert.Equal((100, 198, 200), (sorted.Percentile(0.5), sorted.Percentile(0.99), sorted.Percentile(1)));
        Assert.Equal(7, new double[] { 7 }.Percentile(0.99));
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.0, true)]
    public void The_median_decides_whether_a_target_is_met(double median, bool isMet)
    {
        Assert.Equal(isMet, Target.AtLeast("rate", 2, "0.0", [0, median, 9]).IsMet);
        Assert.Equal(isMet, Target.AtMost("time", 2, "0.0", [-9, 4 - median, 9]).IsMet);
    }

    [Fact]
    public void What_was_accepted_and_has_no_effect_is_lost()
    {
        Assert.Equal(3, Run(accepted: 10, effects: 7).Lost);

        // Requests that were under way when the clock of the load ran out.
        Assert.Equal(0, Run(accepted: 10, effects: 12).Lost);
        Assert.Equal(6, Run(accepted: 10, effects: 12).EventsPerSecond);
    }

    private static LoadRun Run(long accepted, long effects) => new(
        new LoadResult(accepted, Seconds: 1, P50: 1, P99: 2),
        new Effects(effects, DateTimeOffset.UnixEpoch, LagP50: 1, LagP99: 2),
        Seconds: 2,
        new CpuUse(1, 1, 1, 1),
        LogBytes: 1);
}
