using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Model;

namespace UserOrder.Simulation.Prediction;

/// <summary>The highest rate that a system can go on with.</summary>
/// <param name="PerSecond">Events a second, end to end.</param>
/// <param name="Run">The simulated run at that rate.</param>
internal sealed record Capacity(double PerSecond, SimulationResult Run)
{
    // Enough events to judge by, in a time that is long beside the lag.
    private const double Events = 50_000;
    private const double LeastSeconds = 0.4;
    private const double MostSeconds = 2;

    // A rate is kept up if all but so few of the events that arrive in the measured time are committed in it too.
    private const double KeptUp = 0.98;
    private const double Precision = 1.04;
    private const double Step = 1.5;

    /// <summary>Narrows the rate down, by runs with independent arrivals, to some 4 %.</summary>
    /// <param name="costs">What everything costs.</param>
    /// <param name="topology">What runs where.</param>
    /// <param name="guess">A rate to begin with, above zero.</param>
    /// <param name="seed">Decides all that is random.</param>
    public static Capacity Find(CostModel costs, Topology topology, double guess, int seed)
    {
        var (low, high) = (guess, guess);
        var best = Try(low);
        while (!IsKeptUp(best))
        {
            (low, high) = (low / Step, low);
            best = Try(low);
        }

        while (low == high)
        {
            var run = Try(Step * low);
            (best, low, high) = IsKeptUp(run) ? (run, Step * low, Step * low) : (best, low, Step * low);
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

        SimulationResult Try(double rate) => SystemModel.Run(costs, topology, new Load.Arrivals(rate), Math.Clamp(Events / rate, LeastSeconds, MostSeconds), seed);
    }

    private static bool IsKeptUp(SimulationResult run) => run.EndToEndPerSecond >= KeptUp * run.ArrivedPerSecond;
}
