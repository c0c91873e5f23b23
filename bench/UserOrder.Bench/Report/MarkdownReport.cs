using UserOrder.Bench.Broker;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Report;

/// <summary>The tables of docs/performance.md.</summary>
internal sealed class MarkdownReport(ComparisonResult result, string machine, string versions, BenchFolders folders)
{
    private const string Rate = "#,0";
    private const string Milliseconds = "#,0.0";
    private const string Cpu = "0.00";

    private static readonly string Share = $"{BenchPlan.PacedShare * 100:0} %";

    private readonly List<Loop> _closedLoops =
    [
        .. from connections in result.Plan.Connections.Order()
           from contestant in result.Contestants
           where contestant.Runs.ContainsKey(connections)
           select new Loop(contestant.Name, $"{connections}", contestant.Runs[connections]),
    ];

    private readonly List<Loop> _openLoops =
    [
        .. from contestant in result.Contestants
           from runs in contestant.PacedRuns.OrderBy(runs => runs.Key)
           select new Loop(contestant.Name, $"{runs.Key:#,0}", runs.Value),
    ];

    public string Write() => string.Join(
        '\n',
        Introduction(),
        Target.Table("UserOrder", Targets.Of(result)),
        LoadTable(),
        InsertLine(),
        PacedTable(),
        CpuTable(),
        FootprintTable(),
        RawTable());

    private string Introduction()
    {
        var plan = result.Plan;
        return
            $"""
            Measured by `bench/run.sh{(plan.IsFull ? "" : " --quick")}` on {DateTime.UtcNow:yyyy-MM-dd}, on {machine}.
            {versions}. An event has {result.EventBytes} bytes.
            {plan.Rounds} rounds with {plan.Load.TotalSeconds:0} s for each load, and the open loop once for {plan.Paced.TotalSeconds:0} s.
            Figures are medians, with the lowest and the highest in parentheses.

            """;
    }

    private string LoadTable() => MarkdownTable.Write(
        _closedLoops,
        ("closed loop", loop => loop.Contestant),
        ("connections", loop => loop.Load),
        ("accepted/s", loop => loop.Text(run => run.Load.AcceptedPerSecond, Rate)),
        ("p50 ms", loop => loop.Text(run => run.Load.P50, Milliseconds)),
        ("p99 ms", loop => loop.Text(run => run.Load.P99, Milliseconds)),
        ("events/s, end to end", loop => loop.Text(run => run.EventsPerSecond, Rate)),
        ("lost", loop => $"{loop.Runs.Sum(run => run.Lost)}"));

    private string InsertLine() =>
        "A bare `INSERT … COMMIT` on one connection: " +
        $"p50 {Spread.Text(result.UserOrder.Inserts, insert => insert.P50, Milliseconds)} ms, " +
        $"p99 {Spread.Text(result.UserOrder.Inserts, insert => insert.P99, Milliseconds)} ms.\n";

    private string PacedTable() => MarkdownTable.Write(
        _openLoops,
        ($"{Share} of the maximum rate", loop => loop.Contestant),
        ("users stored", loop => loop.Load),
        ("accepted/s", loop => loop.Text(run => run.Load.AcceptedPerSecond, Rate)),
        ("p50 ms", loop => loop.Text(run => run.Load.P50, Milliseconds)),
        ("p99 ms", loop => loop.Text(run => run.Load.P99, Milliseconds)),
        ("lag p50 ms", loop => loop.Text(run => run.Effects.LagP50, Milliseconds)),
        ("lag p99 ms", loop => loop.Text(run => run.Effects.LagP99, Milliseconds)));

    private string CpuTable() => MarkdownTable.Write(
        _closedLoops.Select(loop => loop with { Load = loop.Load == "1" ? "1 connection" : $"{loop.Load} connections" })
            .Concat(_openLoops.Select(loop => loop with { Load = $"{Share}, {loop.Load} users stored" })),
        ("CPU seconds per 1,000 events", loop => loop.Contestant),
        ("load", loop => loop.Load),
        ("user service", loop => loop.Text(run => run.Cpu.UserService, Cpu)),
        ("order service", loop => loop.Text(run => run.Cpu.OrderService, Cpu)),
        ("broker", loop => loop.Text(run => run.Cpu.Broker, Cpu)),
        ("database", loop => loop.Text(run => run.Cpu.Database, Cpu)),
        ("all", loop => loop.Text(run => run.Cpu.All, Cpu)),
        ("log bytes an event", loop => loop.Text(run => run.LogBytes, Rate)));

    private string FootprintTable() => MarkdownTable.Write(
        result.Contestants,
        ("user service / order service", contestant => contestant.Name),
        ("peak RSS MB", contestant => OfBoth(contestant.PeakMemory, bytes => bytes / 1e6, "0")),
        ("cold start ms", contestant => OfBoth(contestant.ColdStarts, start => start, "0")),
        ("idle CPU %", contestant => OfBoth(contestant.IdleCpu, idle => idle, "0.0")),
        ("published MB", contestant => Published(contestant.Name)));

    private string RawTable() => MarkdownTable.Write(
        [result.Raw],
        ("broker alone", _ => $"RabbitMQ.Client, confirms, window {RawBroker.Window}, quorum queue"),
        ("messages/s", raw => Spread.Text(raw, round => round.MessagesPerSecond, Rate)),
        ("client's CPU seconds per 1,000", raw => Spread.Text(raw, round => round.ClientCpuSeconds * 1000 / round.Messages, Cpu)),
        ("broker's CPU seconds per 1,000", raw => Spread.Text(raw, round => round.BrokerCpuSeconds * 1000 / round.Messages, Cpu)));

    private string Published(string contestant) => contestant switch
    {
        UserOrderPair.PairName => $"{Megabytes("UserOrder.UserApi")} / {Megabytes("UserOrder.OrderApi")}",
        WolverinePair.PairName =>
            $"{Megabytes(WolverinePair.UserProject)} / {Megabytes(WolverinePair.OrderProject)}, and the .NET runtime",
        MassTransitPair.PairName => $"{Megabytes("UserService")} / {Megabytes("OrderService")}, and the .NET runtime",
        _ => $"{BenchFolders.Megabytes(folders.NodePeer):0.0} for both, and Node",
    };

    private string Megabytes(string project) => $"{BenchFolders.Megabytes(folders.PublishedFolder(project)):0.0}";

    private static string OfBoth(List<ServicePair> pairs, Func<double, double> figure, string format) => pairs.Count == 0
        ? "–"
        : $"{Spread.Text(pairs, pair => figure(pair.UserService), format)} / " +
            $"{Spread.Text(pairs, pair => figure(pair.OrderService), format)}";

    /// <summary>The runs of one contestant under one load.</summary>
    private sealed record Loop(string Contestant, string Load, IReadOnlyList<LoadRun> Runs)
    {
        public string Text(Func<LoadRun, double> figure, string format) => Spread.Text(Runs, figure, format);
    }
}
