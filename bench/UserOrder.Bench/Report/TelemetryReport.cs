using System.Globalization;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Report;

/// <summary>What telemetry costs, as docs/performance.md tells it.</summary>
/// <param name="result">With telemetry first, compared to the same without.</param>
/// <param name="machine">What it was measured on.</param>
/// <param name="bytes">How much telemetry was delivered.</param>
internal sealed class TelemetryReport(ComparisonResult result, string machine, long bytes)
{
    private const double LeastThroughput = 0.9;
    private const string Ratio = "0.00×";
    private const string Rate = "#,0";
    private const string Cpu = "0.000";

    private readonly ContestantRecord _with = result.UserOrder;
    private readonly ContestantRecord _without = result.Contestants.Single(contestant => contestant.Name == UserOrderPair.PairName);

    /// <exception cref="BenchException">Nothing was delivered, so that nothing was measured.</exception>
    public string Write() => bytes == 0 ? throw new BenchException("The services have delivered no telemetry.") : string.Join('\n', Introduction(), Target.Table("with telemetry, to without", Targets()), LoadTable());

    private string Introduction() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        Measured by `bench/run.sh --telemetry` on {DateTime.UtcNow:yyyy-MM-dd}, on {machine}: logs, metrics and {UserOrderPair.SampledShare * 100:0} % of
        the traces, {bytes / 1e6:0.0} MB in all, delivered by OTLP to a receiver that reads it and lets it go. {result.Plan.Rounds} rounds with {result.Plan.Load.TotalSeconds:0} s for each load.
        Figures are medians, with the lowest and the highest in parentheses; a ratio is made within each round.

        """);

    private IEnumerable<Target> Targets() => result.Plan.Connections.SelectMany(connections => new[]
    {
        Target.AtLeast($"accepted requests/s at {connections} connections", LeastThroughput, Ratio, Ratios(connections, run => run.Load.AcceptedPerSecond)),
        Target.AtLeast($"end-to-end events/s at {connections} connections", LeastThroughput, Ratio, Ratios(connections, run => run.EventsPerSecond)),
        Target.AtMost($"CPU an event at {connections} connections", 1 / LeastThroughput, Ratio, Ratios(connections, run => run.Cpu.All)),
    });

    private string LoadTable()
    {
        var table = new MarkdownTable(
            "closed loop", "connections", "accepted/s", "events/s, end to end", "CPU seconds per 1,000 events: user service", "order service", "all");
        foreach (var connections in result.Plan.Connections)
        {
            foreach (var contestant in result.Contestants)
            {
                var runs = contestant.Runs[connections];
                table.Add(
                    contestant.Name,
                    $"{connections}",
                    Of(runs, run => run.Load.AcceptedPerSecond, Rate),
                    Of(runs, run => run.EventsPerSecond, Rate),
                    Of(runs, run => run.Cpu.UserService, Cpu),
                    Of(runs, run => run.Cpu.OrderService, Cpu),
                    Of(runs, run => run.Cpu.All, Cpu));
            }
        }

        return table.ToString();
    }

    private IEnumerable<double> Ratios(int connections, Func<LoadRun, double> figure) =>
        _with.Runs[connections].Zip(_without.Runs[connections], (with, without) => figure(with) / figure(without));

    private static string Of(IEnumerable<LoadRun> runs, Func<LoadRun, double> figure, string format) =>
        Spread.Of(runs.Select(figure)).ToString(format);
}
