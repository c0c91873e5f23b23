using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Model;
using UserOrder.Simulation.Report;

namespace UserOrder.Simulation.Prediction;

/// <summary>Looks for the capacity of 1 to 64 replicas in several topologies, prints what limits each, and draws the curves.</summary>
internal static class PredictCommand
{
    private const double ShareOfCapacity = 0.7;
    private const double Seconds = 1;
    private const double FirstGuess = 5000;

    private static readonly int[] Replicas = [1, 2, 4, 8, 16, 32, 64];

    public static void Run(Folders folders, int seed, int cores)
    {
        var costs = CostFiles.ReadCosts(folders.Costs);
        var measured = CostFiles.ReadRuns(folders.Runs);
        var table = new Table("topology", "replicas", "machines", "events/s", "busiest", "at", "lag p50 ms at 70 %", "p99");
        var known = new Dictionary<Topology, (Capacity, SimulationResult)>();
        var lines = new List<ChartLine> { Measured(measured), Simulated(costs, measured, seed) };
        foreach (var plan in Plan.All(cores))
        {
            var points = new List<(double X, double Y)>();
            var guess = FirstGuess;
            foreach (var replicas in Replicas)
            {
                var topology = plan.For(replicas);
                var (capacity, calm) = Look(topology with { Cells = 1 }, guess);
                guess = capacity.PerSecond;
                var all = topology.Cells * capacity.PerSecond;
                points.Add((replicas, all));
                table.Add(
                    plan.Name,
                    replicas,
                    topology.Machines,
                    all,
                    capacity.Run.Bottleneck,
                    $"{100 * capacity.Run.Utilization[capacity.Run.Bottleneck]:0} %",
                    calm.LagP50,
                    calm.LagP99);
            }

            lines.Add(new ChartLine($"{plan.Name}, predicted", plan.Color, IsDashed: true, points));
        }

        Document.Write(folders.Document, "prediction", $"With the costs of {costs.Origin.Date}, {cores} cores a machine, seed {seed}.\n\n{table}");
        LineChart.Write(
            folders.Image("scaling-prediction.svg"),
            $"Events a second, end to end, machines of {cores} cores",
            "replicas of each service",
            "events/s",
            lines);

        // Some plans pass through the same topology.
        (Capacity Capacity, SimulationResult Calm) Look(Topology topology, double guess)
        {
            if (!known.TryGetValue(topology, out var found))
            {
                var capacity = Capacity.Find(costs, topology, guess, seed);
                var calm = new Load.Arrivals(ShareOfCapacity * capacity.PerSecond);
                found = (capacity, SystemModel.Run(costs, topology, calm, Seconds, seed));
                known.Add(topology, found);
            }

            return found;
        }
    }

    /// <summary>The best that one machine did in all, drawn at one replica.</summary>
    private static ChartLine Measured(MeasuredRuns measured) =>
        new("one machine for all, measured", "#1a7f37", IsDashed: false, [(1, measured.Runs.Max(run => run.EndToEndPerSecond))]);

    private static ChartLine Simulated(CostModel costs, MeasuredRuns measured, int seed)
    {
        var topology = new Topology { IsOneMachine = true, Cores = measured.Origin.Cores };
        return new(
            "one machine for all, simulated",
            "#1a7f37",
            IsDashed: true,
            [.. Replicas.Take(3).Select(replicas => ((double)replicas, Best(topology with { Replicas = replicas })))]);

        double Best(Topology candidate) => measured.Runs.Max(
            run => SystemModel.Run(costs, candidate, new Load.Clients(run.Connections), Seconds, seed).EndToEndPerSecond);
    }
}
