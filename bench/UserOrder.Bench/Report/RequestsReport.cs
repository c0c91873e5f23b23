using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Report;

/// <summary>Reads and orders, for docs/performance.md.</summary>
internal sealed class RequestsReport(IReadOnlyList<RequestRun> runs, string machine)
{
    private const string Ratio = "0.00×";

    public string Write() => string.Join(
        '\n',
        $"Measured by `bench/run.sh --requests` on {DateTime.UtcNow:yyyy-MM-dd}, on {machine}. No answer was an error.",
        "Figures are medians, with the lowest and the highest in parentheses; a ratio is made within each round.",
        "",
        Target.Table("reads", Targets()),
        Table());

    private IEnumerable<Target> Targets() =>
    [
        Target.AtLeast(
            "look-ups at 128 connections, to bare Kestrel",
            0.35,
            Ratio,
            Of(RequestsRun.LookUp, 128).Zip(Of(BareKestrel.RequestName, 128), PerSecond)),
        Target.AtLeast(
            "look-ups at 1,000 connections, to those at 128",
            0.8,
            Ratio,
            Of(RequestsRun.LookUp, 1000).Zip(Of(RequestsRun.LookUp, 128), PerSecond)),
    ];

    private static double PerSecond(RequestRun one, RequestRun other) => one.Load.AcceptedPerSecond / other.Load.AcceptedPerSecond;

    private IEnumerable<RequestRun> Of(string kind, int connections) =>
        runs.Where(run => run.Kind == kind && run.Connections == connections);

    private string Table() => MarkdownTable.Write(
        runs.GroupBy(run => (run.Kind, run.Connections)),
        ("request", group => group.Key.Kind),
        ("connections", group => $"{group.Key.Connections}"),
        ("answers/s", group => Spread.Text(group, run => run.Load.AcceptedPerSecond, "#,0")),
        ("p50 ms", group => Spread.Text(group, run => run.Load.P50, "0.0")),
        ("p99 ms", group => Spread.Text(group, run => run.Load.P99, "0.0")),
        ("CPU seconds per 1,000, all processes", group => Spread.Text(group, run => run.CpuSeconds, "0.000")));
}
