using System.Globalization;
using System.Runtime.InteropServices;
using UserOrder.Bench;
using UserOrder.Simulation.Costs;

namespace UserOrder.Simulation.Measuring;

/// <summary>Measures the real system on this machine and writes <c>costs.json</c> and <c>measured.json</c> anew.</summary>
internal static class MeasureCommand
{
    private const int WarmUpSeconds = 15;
    private const int AcceptSeconds = 8;
    private const int RunSeconds = 8;
    private const int ManyConnections = 128;

    // One and many are fitted to, the others are not.
    private static readonly int[] Connections = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <exception cref="BenchException">Something did not work.</exception>
    public static async Task RunAsync(Folders folders)
    {
        var flushes = FlushProbe.Measure(Path.GetTempPath());
        await using var system = await MeasuredSystem.StartAsync(folders);
        await system.LoadAsync(ManyConnections, WarmUpSeconds);
        await system.DrainAsync();

        var sizesBefore = await SizesAsync(system);
        await system.StopBrokerAsync();
        var acceptOne = await MeasureAsync(system, 1, AcceptSeconds);
        var acceptMany = await MeasureAsync(system, ManyConnections, AcceptSeconds);
        var body = await system.Users.ReadAsync("select avg(length(body))::float8 from outbox");
        await system.StartBrokerAsync();
        var drain = await DrainAsync(system);
        Console.WriteLine($"drained {drain.Phase.Events:0} events at {drain.PerSecond:0}/s");

        var runs = new List<MeasuredRun>();
        var phases = new Dictionary<int, Phase>();
        foreach (var connections in Connections)
        {
            phases[connections] = await RunAsync(system, connections, runs);
        }

        var sizes = await SizesAsync(system);
        var events = sizes.Rows - sizesBefore.Rows;
        var passed = drain.Phase.Used;
        var bytes = new BytesPerEvent(
            Math.Round(body),
            Per(acceptMany.Used.UserLogBytes, acceptMany.Requests) + Per(passed.UserLogBytes, drain.Phase.Events),
            Per(passed.OrderLogBytes, drain.Phase.Events),
            Per(passed.BrokerWrittenBytes, drain.Phase.Events),
            Per(acceptMany.Used.WireBytes, acceptMany.Requests),
            Per(passed.WireBytes, drain.Phase.Events),
            Per(sizes.Users - sizesBefore.Users, events),
            Per(sizes.Inbox - sizesBefore.Inbox, events));

        var flush = await system.Users.FlushesAsync();
        Console.WriteLine($"PostgreSQL flushed {flush.Count:0} times, {flush.Milliseconds / flush.Count:0.00} ms each");
        var former = CostFiles.ReadCosts(folders.Costs);
        var origin = new Origin(
            DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}",
            Environment.ProcessorCount,
            await system.VersionsAsync(),
            former.Origin.Methods);
        var all = new Phases(acceptOne, acceptMany, drain.Phase, phases[1], phases[ManyConnections]);
        CostFiles.Write(folders.Costs, CostFit.Fit(all, former, origin, flushes, bytes));
        CostFiles.Write(folders.Runs, new MeasuredRuns(origin, runs));
    }

    private static async Task<Phase> RunAsync(MeasuredSystem system, int connections, List<MeasuredRun> runs)
    {
        await Task.Delay(Settling);
        var start = await system.ReadAsync();
        var from = DateTimeOffset.UtcNow;
        var report = await system.LoadAsync(connections, RunSeconds);
        var to = DateTimeOffset.UtcNow;
        await system.DrainAsync();
        var used = (await system.ReadAsync()).Since(start);
        var others = (used.MachineCpu - used.Cpu.Values.Sum()) / (DateTimeOffset.UtcNow - from).TotalSeconds;
        runs.Add(new MeasuredRun(
            connections,
            Math.Round(report.Requests / report.Seconds, 1),
            Math.Round(await system.CommittedAsync(from, to) / (to - from).TotalSeconds, 1),
            report.LatencyP50,
            report.LatencyP99,
            Math.Round(await system.LagAsync(0.5, from, to), 1),
            Math.Round(await system.LagAsync(0.99, from, to), 1),
            Math.Round(Math.Max(0, others), 2),
            IsFitted: connections is 1 or ManyConnections));
        var phase = new Phase(report.Requests, used.Consumed, used);
        Write($"{connections} clients", phase);
        Console.WriteLine($"  {runs[^1]}");
        return phase;
    }

    private static async Task<Phase> MeasureAsync(MeasuredSystem system, int connections, int seconds)
    {
        await Task.Delay(Settling);
        var start = await system.ReadAsync();
        var report = await system.LoadAsync(connections, seconds);
        var phase = new Phase(report.Requests, 0, (await system.ReadAsync()).Since(start));
        Write($"{connections} clients, no broker", phase);
        return phase;
    }

    private static async Task<(Phase Phase, double PerSecond)> DrainAsync(MeasuredSystem system)
    {
        var start = await system.ReadAsync();
        var from = DateTimeOffset.UtcNow;
        await system.DrainAsync();
        var used = (await system.ReadAsync()).Since(start);
        var phase = new Phase(0, used.Consumed, used);
        Write("drain", phase);
        return (phase, used.Consumed / (DateTimeOffset.UtcNow - from).TotalSeconds);
    }

    private static async Task<(double Rows, double Users, double Inbox)> SizesAsync(MeasuredSystem system) => (
        await system.Users.ReadAsync("select count(*)::float8 from users"),
        await system.Users.ReadAsync("select pg_total_relation_size('users')::float8"),
        await system.Orders.ReadAsync("select (pg_total_relation_size('inbox') + pg_total_relation_size('known_users'))::float8"));

    private static double Per(double bytes, double events) => Math.Round(bytes / events);

    private static void Write(string name, Phase phase)
    {
        var used = phase.Used;
        Console.WriteLine($"""
            {name}: {phase.Requests:0} requests, {phase.Events:0} events, {used.Inserts:0} inserts,
              {used.RelayBatches:0} batches of the relay, {used.ConsumerBatches:0} of the consumer
              CPU s: {string.Join(", ", used.Cpu.Select(entry => $"{entry.Key} {entry.Value:0.00}"))}, whole machine {used.MachineCpu:0.00}
              log MB: {used.UserLogBytes / 1e6:0.0} and {used.OrderLogBytes / 1e6:0.0}, broker MB: {used.BrokerWrittenBytes / 1e6:0.0}
            """);
    }
}
