using System.Globalization;
using UserOrder.Bench.Broker;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Report;

/// <summary>The tables of docs/performance.md.</summary>
/// <param name="result">What was measured.</param>
/// <param name="machine">What on.</param>
/// <param name="versions">What took part.</param>
/// <param name="folders">Where the published services are.</param>
internal sealed class MarkdownReport(ComparisonResult result, string machine, string versions, BenchFolders folders)
{
    private const string Rate = "#,0";
    private const string Milliseconds = "#,0.0";
    private const string Cpu = "0.00";

    public string Write() => string.Join(
        '\n', Introduction(), Target.Table("UserOrder", Targets.Of(result)), LoadTable(), InsertLine(), PacedTable(), CpuTable(), FootprintTable(), RawTable());

    private string Introduction()
    {
        var plan = result.Plan;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Measured by `bench/run.sh{(plan.IsFull ? "" : " --quick")}` on {DateTime.UtcNow:yyyy-MM-dd}, on {machine}.
            {versions}. An event has {result.EventBytes} bytes.
            {plan.Rounds} rounds with {plan.Load.TotalSeconds:0} s for each load, and the open loop {plan.PacedRounds} times for {plan.Paced.TotalSeconds:0} s.
            Figures are medians, with the lowest and the highest in parentheses.

            """);
    }

    private string LoadTable()
    {
        var table = new MarkdownTable("closed loop", "connections", "accepted/s", "p50 ms", "p99 ms", "events/s, end to end", "lost");
        foreach (var (contestant, connections, runs) in ClosedLoops())
        {
            table.Add(
                contestant.Name,
                $"{connections}",
                Of(runs, run => run.Load.AcceptedPerSecond, Rate),
                Of(runs, run => run.Load.P50, Milliseconds),
                Of(runs, run => run.Load.P99, Milliseconds),
                Of(runs, run => run.EventsPerSecond, Rate),
                $"{runs.Sum(run => run.Lost)}");
        }

        return table.ToString();
    }

    private string InsertLine()
    {
        var inserts = result.UserOrder.Inserts;
        return $"A bare `INSERT … COMMIT` on one connection: p50 {Of(inserts, insert => insert.P50, Milliseconds)} ms, " +
            $"p99 {Of(inserts, insert => insert.P99, Milliseconds)} ms.\n";
    }

    private string PacedTable()
    {
        var table = new MarkdownTable($"{Share()} of the maximum rate", "users stored", "accepted/s", "p50 ms", "p99 ms", "lag p50 ms", "lag p99 ms");
        foreach (var (contestant, stored, runs) in OpenLoops())
        {
            table.Add(
                contestant.Name,
                Text(stored),
                Of(runs, run => run.Load.AcceptedPerSecond, Rate),
                Of(runs, run => run.Load.P50, Milliseconds),
                Of(runs, run => run.Load.P99, Milliseconds),
                Of(runs, run => run.Effects.LagP50, Milliseconds),
                Of(runs, run => run.Effects.LagP99, Milliseconds));
        }

        return table.ToString();
    }

    private string CpuTable()
    {
        var table = new MarkdownTable(
            "CPU seconds per 1,000 events", "load", "user service", "order service", "broker", "database", "all", "log bytes an event");
        foreach (var (contestant, connections, runs) in ClosedLoops())
        {
            Add(contestant, connections == 1 ? "1 connection" : $"{connections} connections", runs);
        }

        foreach (var (contestant, stored, runs) in OpenLoops())
        {
            Add(contestant, $"{Share()}, {Text(stored)} users stored", runs);
        }

        return table.ToString();

        void Add(ContestantRecord contestant, string load, IReadOnlyCollection<LoadRun> runs) => table.Add(
            contestant.Name,
            load,
            Of(runs, run => run.Cpu.UserService, Cpu),
            Of(runs, run => run.Cpu.OrderService, Cpu),
            Of(runs, run => run.Cpu.Broker, Cpu),
            Of(runs, run => run.Cpu.Database, Cpu),
            Of(runs, run => run.Cpu.All, Cpu),
            Of(runs, run => run.LogBytes, Rate));
    }

    private string FootprintTable()
    {
        var table = new MarkdownTable("user service / order service", "peak RSS MB", "cold start ms", "idle CPU %", "published MB");
        foreach (var contestant in result.Contestants)
        {
            table.Add(
                contestant.Name,
                OfBoth(contestant.PeakMemory, bytes => bytes / 1e6, "0"),
                OfBoth(contestant.ColdStarts, start => start, "0"),
                OfBoth(contestant.IdleCpu, idle => idle, "0.0"),
                Published(contestant.Name));
        }

        return table.ToString();
    }

    private string RawTable()
    {
        var table = new MarkdownTable("broker alone", "messages/s", "client's CPU seconds per 1,000", "broker's CPU seconds per 1,000");
        table.Add(
            $"RabbitMQ.Client, confirms, window {RawBroker.Window}, quorum queue",
            Of(result.Raw, raw => raw.Result.MessagesPerSecond, Rate),
            Of(result.Raw, raw => raw.Result.ClientCpuSeconds * 1000 / raw.Result.Messages, Cpu),
            Of(result.Raw, raw => raw.BrokerCpu, Cpu));
        return table.ToString();
    }

    private IEnumerable<(ContestantRecord Contestant, int Connections, List<LoadRun> Runs)> ClosedLoops() =>
        from connections in result.Plan.Connections.Order()
        from contestant in result.Contestants
        where contestant.Runs.ContainsKey(connections)
        select (contestant, connections, contestant.Runs[connections]);

    private IEnumerable<(ContestantRecord Contestant, int Stored, List<LoadRun> Runs)> OpenLoops() =>
        from contestant in result.Contestants
        from runs in contestant.PacedRuns.OrderBy(runs => runs.Key)
        select (contestant, runs.Key, runs.Value);

    private string Published(string contestant) => contestant switch
    {
        UserOrderPair.PairName => folders.IsSelfContained("UserOrder.UserApi")
            ? Sizes("UserOrder.UserApi", "UserOrder.OrderApi")
            : $"{Sizes("UserOrder.UserApi", "UserOrder.OrderApi")}, and the .NET runtime",
        MassTransitPair.PairName => $"{Sizes("UserService", "OrderService")}, and the .NET runtime",
        _ => string.Create(CultureInfo.InvariantCulture, $"{BenchFolders.Megabytes(folders.NodePeer):0.0} for both, and Node"),
    };

    private string Sizes(string userService, string orderService) => string.Create(
        CultureInfo.InvariantCulture,
        $"{BenchFolders.Megabytes(folders.PublishedFolder(userService)):0.0} / {BenchFolders.Megabytes(folders.PublishedFolder(orderService)):0.0}");

    private static string Share() => $"{BenchPlan.PacedShare * 100:0} %";

    private static string Text(int number) => number.ToString(Rate, CultureInfo.InvariantCulture);

    private static string OfBoth(List<ServicePair> pairs, Func<double, double> figure, string format) => pairs.Count == 0
        ? "–"
        : $"{Of(pairs, pair => figure(pair.UserService), format)} / {Of(pairs, pair => figure(pair.OrderService), format)}";

    private static string Of<T>(IEnumerable<T> values, Func<T, double> figure, string format) => Spread.Of(values.Select(figure)).ToString(format);
}
