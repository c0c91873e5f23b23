using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Measuring;

namespace UserOrder.Tests.Simulation;

public sealed class CostFitTests
{
    [Fact]
    public void Two_phases_with_other_batch_sizes_tell_the_batch_from_the_event()
    {
        // 300 µs a batch and 40 µs an event.
        var cost = CostFit.Solve(1000, 1000, 0.340, 10, 5000, 0.203);

        Assert.Equal(new Cost(300, 40), cost);
    }

    [Fact]
    public void A_cost_is_never_below_nothing()
    {
        var onlyBatches = CostFit.Solve(1000, 1000, 0.5, 10, 5000, 0.001);
        var onlyEvents = CostFit.Solve(1000, 1000, 0.01, 10, 5000, 0.5);

        Assert.Equal(new Cost(500, 0), onlyBatches);
        Assert.Equal(new Cost(0, 100), onlyEvents);
    }
}
