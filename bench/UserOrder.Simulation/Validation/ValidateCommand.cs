using System.Globalization;
using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Model;
using UserOrder.Simulation.Report;

namespace UserOrder.Simulation.Validation;

/// <summary>Simulates the measured runs and puts both side by side, as tables and as a chart.</summary>
internal static class ValidateCommand
{
    private const double Seconds = 8;
    private const int FullBatch = 500;

    public static void Run(Folders folders, int seed)
    {
        var costs = CostFiles.ReadCosts(folders.Costs);
        var measured = CostFiles.ReadRuns(folders.Runs);
        var topology = new Topology { IsOneMachine = true, Cores = measured.Origin.Cores };
        var pairs = measured.Runs.Select(run => new RunPair(
            run, SystemModel.Run(costs, topology with { OtherCores = run.OtherCores }, new Load.Clients(run.Connections), Seconds, seed))).ToList();

        Document.Write(folders.Document, "costs", CostTable(costs));
        Document.Write(folders.Document, "validation", Compare(measured, pairs, seed));
        LineChart.Write(
            folders.Image("scaling-validation.svg"),
            "One machine: measured and simulated",
            "clients",
            "events/s",
            [
                Line("accepted, measured", "#1f6feb", isDashed: false, pair => pair.Measured.AcceptedPerSecond),
                Line("accepted, simulated", "#1f6feb", isDashed: true, pair => pair.Simulated.AcceptedPerSecond),
                Line("end to end, measured", "#d1570b", isDashed: false, pair => pair.Measured.EndToEndPerSecond),
                Line("end to end, simulated", "#d1570b", isDashed: true, pair => pair.Simulated.EndToEndPerSecond),
            ]);

        ChartLine Line(string name, string color, bool isDashed, Func<RunPair, double> value) =>
            new(name, color, isDashed, [.. pairs.Select(pair => ((double)pair.Measured.Connections, value(pair)))]);
    }

    private static string CostTable(CostModel costs)
    {
        var table = new Table("CPU of an event, µs", "alone", $"in batches of {FullBatch}", "cores at 10,000 events/s");
        var (alone, full) = (costs.PerEvent(1), costs.PerEvent(FullBatch));
        for (var i = 0; i < alone.Count; i++)
        {
            table.Add(alone[i].Part, alone[i].Microseconds, full[i].Microseconds, full[i].Microseconds / 100);
        }

        var sum = full.Sum(part => part.Microseconds);
        table.Add("**all**", alone.Sum(part => part.Microseconds), sum, sum / 100);
        var bytes = new Table("bytes of an event", "");
        bytes.Add("the event itself, envelope included", costs.Bytes.Body);
        bytes.Add("WAL of UserApi's PostgreSQL: user, event, its deletion", costs.Bytes.UserDatabaseLog);
        bytes.Add("WAL of OrderApi's PostgreSQL: inbox row, known user", costs.Bytes.OrderDatabaseLog);
        bytes.Add("written by RabbitMQ: log and segments", costs.Bytes.BrokerDisk);
        bytes.Add("on the wire: request, answer, statement", costs.Bytes.RequestWire);
        bytes.Add("on the wire: claim, publish, deliver, inbox, all acknowledgements", costs.Bytes.RelayWire);
        bytes.Add("kept: the user, with indexes", costs.Bytes.UserRow);
        bytes.Add("kept: inbox row (for `InboxRetention`) and known user, with indexes", costs.Bytes.InboxRow);
        return $"{costs.Origin}\n\n{table}\n{bytes}\n{Ceilings(costs)}";
    }

    /// <summary>What each thing that does one batch after the other can do, from its own CPU time and one flush, with no network between.</summary>
    private static Table Ceilings(CostModel costs)
    {
        var flush = costs.FlushMilliseconds.Average() / 1000;
        var table = new Table("at most, by one", "events/s");
        table.Add(
            "group commit (a replica of UserApi)",
            FullBatch / (costs.UserApiRequest.BatchSeconds + costs.UserDatabaseInsert.Seconds(FullBatch) + flush));
        table.Add(
            "consumer (a replica of OrderApi and a queue)",
            FullBatch / (costs.OrderApiConsume.Seconds(FullBatch) + costs.OrderDatabaseConsume.Seconds(FullBatch) + flush));
        table.Add("quorum queue", 1 / (costs.QueueProcessShare * costs.Broker.SecondsOf(1)));
        foreach (var (part, microseconds) in costs.PerEvent(FullBatch))
        {
            table.Add($"core of {part}", 1e6 / microseconds);
        }

        return table;
    }

    private static string Compare(MeasuredRuns measured, List<RunPair> pairs, int seed)
    {
        var rates = new Table("clients", "cores others used", "accepted/s", "simulated", "error", "end to end/s", "simulated", "error");
        var times = new Table(
            "clients", "request p50 ms", "simulated", "request p99 ms", "simulated", "lag p50 ms", "simulated", "lag p99 ms", "simulated");
        foreach (var (run, simulated) in pairs)
        {
            var clients = run.IsFitted ? $"{run.Connections} (fitted)" : run.Connections.ToString(CultureInfo.InvariantCulture);
            rates.Add(
                clients,
                run.OtherCores,
                run.AcceptedPerSecond,
                simulated.AcceptedPerSecond,
                Percent(Error(run.AcceptedPerSecond, simulated.AcceptedPerSecond)),
                run.EndToEndPerSecond,
                simulated.EndToEndPerSecond,
                Percent(Error(run.EndToEndPerSecond, simulated.EndToEndPerSecond)));
            times.Add(
                clients,
                run.LatencyP50,
                simulated.LatencyP50,
                run.LatencyP99,
                simulated.LatencyP99,
                run.LagP50,
                simulated.LagP50,
                run.LagP99,
                simulated.LagP99);
        }

        var heldOut = pairs.Where(pair => !pair.Measured.IsFitted).ToList();
        var accepted = heldOut.Average(pair => Math.Abs(Error(pair.Measured.AcceptedPerSecond, pair.Simulated.AcceptedPerSecond)));
        var endToEnd = heldOut.Average(pair => Math.Abs(Error(pair.Measured.EndToEndPerSecond, pair.Simulated.EndToEndPerSecond)));
        return $"""
            {measured.Origin} Seed {seed}.

            {rates}
            Over the runs that nothing was fitted to, the simulation is off by {100 * accepted:0} % of the accepted and {100 * endToEnd:0} % of the
            end-to-end rate on average.

            {times}
            """;
    }

    private static double Error(double measured, double simulated) => (simulated / measured) - 1;

    private static string Percent(double part) => string.Create(CultureInfo.InvariantCulture, $"{100 * part:+0;-0;0} %");

    private sealed record RunPair(MeasuredRun Measured, SimulationResult Simulated);
}
