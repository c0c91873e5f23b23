using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Model;

namespace UserOrder.Simulation.Prediction;

/// <summary>The highest rate that a system can go on with.</summary>
/// <param name="PerSecond">Events a second, end to end.</param>
/// <param name="Run">The simulated run at that rate.</param>
internal sealed record Capacity(double PerSecond, SimulationResult Run)
{
    private const double Seconds = 2;

    // A rate is kept up if all but so few of the events that arrive in the measured time are committed in it too.
    private const double KeptUp = 0.98;
    private const double Precision = 1.04;

    /// <summary>Narrows the rate down, by runs with independent arrivals, to some 4 %.</summary>
    public static Capacity Find(CostModel costs, Topology topology, int seed)
    {
        var (low, high) = (100.0, 200.0);
        var best = Try(low);
        for (var run = Try(high); IsKeptUp(run); run = Try(high))
        {
            (best, low, high) = (run, high, 2 * high);
        }

        while (high / low > Precision)
        {
            var rate = Math.Sqrt(low * high);
            var run = Try(rate);
            if (IsKeptUp(run))
            {
                (best, low) = (run, rate);
            }
            else
            {
                high = rate;
            }
        }

        return new Capacity(best.EndToEndPerSecond, best);

        SimulationResult Try(double rate) => SystemModel.Run(costs, topology, new Load.Arrivals(rate), Seconds, seed);
    }

    private static bool IsKeptUp(SimulationResult run) => run.EndToEndPerSecond >= KeptUp * run.ArrivedPerSecond;
}
