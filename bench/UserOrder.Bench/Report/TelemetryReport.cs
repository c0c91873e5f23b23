using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Report;

/// <summary>What telemetry costs, for docs/performance.md: the first contestant with it, the second without.</summary>
internal sealed class TelemetryReport(ComparisonResult result, string machine, long bytes)
{
    private const double LeastThroughput = 0.9;
    private const string Ratio = "0.00×";
    private const string Rate = "#,0";
    private const string Cpu = "0.000";

    /// <exception cref="BenchException">Nothing was delivered, so that nothing was measured.</exception>
    public string Write() => bytes > 0
        ? string.Join('\n', Introduction(), Target.Table("with telemetry, to without", Targets()), LoadTable())
        : throw new BenchException("The services have delivered no telemetry.");

    private string Introduction()
    {
        var plan = result.Plan;
        var percent = UserOrderPair.SampledShare * 100;
        var delivery = $"{bytes / 1e6:0.0} MB in all, delivered by OTLP to a receiver that reads it and lets it go";
        return
            $"""
            Measured by `bench/run.sh --telemetry` on {DateTime.UtcNow:yyyy-MM-dd}, on {machine}: logs, metrics and {percent:0} % of
            the traces, {delivery}. {plan.Rounds} rounds with {plan.Load.TotalSeconds:0} s for each load.
            Figures are medians, with the lowest and the highest in parentheses; a ratio is made within each round.

            """;
    }

    private IEnumerable<Target> Targets() => result.Plan.Connections.SelectMany(connections => new[]
    {
        Target.AtLeast(
            $"accepted requests/s at {connections} connections",
            LeastThroughput,
            Ratio,
            Ratios(connections, run => run.Load.AcceptedPerSecond)),
        Target.AtLeast(
            $"end-to-end events/s at {connections} connections",
            LeastThroughput,
            Ratio,
            Ratios(connections, run => run.EventsPerSecond)),
        Target.AtMost($"CPU an event at {connections} connections", 1 / LeastThroughput, Ratio, Ratios(connections, run => run.Cpu.All)),
    });

    private string LoadTable() => MarkdownTable.Write(
        from connections in result.Plan.Connections
        from contestant in result.Contestants
        select (contestant.Name, Connections: connections, Runs: contestant.Runs[connections]),
        ("closed loop", loop => loop.Name),
        ("connections", loop => $"{loop.Connections}"),
        ("accepted/s", loop => Spread.Text(loop.Runs, run => run.Load.AcceptedPerSecond, Rate)),
        ("events/s, end to end", loop => Spread.Text(loop.Runs, run => run.EventsPerSecond, Rate)),
        ("CPU seconds per 1,000 events: user service", loop => Spread.Text(loop.Runs, run => run.Cpu.UserService, Cpu)),
        ("order service", loop => Spread.Text(loop.Runs, run => run.Cpu.OrderService, Cpu)),
        ("all", loop => Spread.Text(loop.Runs, run => run.Cpu.All, Cpu)));

    private IEnumerable<double> Ratios(int connections, Func<LoadRun, double> figure) =>
        result.Contestants[0].Runs[connections]
            .Zip(result.Contestants[1].Runs[connections], (with, without) => figure(with) / figure(without));
}
