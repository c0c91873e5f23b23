using System.Globalization;
using System.Text.Json;
using UserOrder.Bench.Broker;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;
using UserOrder.Bench.Report;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Comparison;

/// <summary>
/// The order of the measurements. The contestants take turns, so that what the machine does meanwhile meets all of them, and the broker
/// alone has a turn in each round.
/// </summary>
internal sealed class ComparisonRun(BenchPlan plan, BenchServers servers, Action<string> progress)
{
    private const int WarmUpConnections = 32;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Contestant, ContestantRecord> _records = [];
    private readonly List<RawRound> _raw = [];
    private int _eventBytes;

    /// <param name="userOrder">What is measured.</param>
    /// <param name="others">What it is compared to.</param>
    /// <exception cref="BenchException">A contestant failed, or UserOrder lost an event.</exception>
    public async Task<ComparisonResult> RunAsync(UserOrderPair userOrder, params IReadOnlyList<Contestant> others)
    {
        Contestant[] contestants = [userOrder, .. others];
        foreach (var contestant in contestants)
        {
            _records[contestant] = new ContestantRecord(contestant.Name);
        }

        await InsertReference.CreateTableAsync(servers);
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var contestant in contestants.Skip(round % contestants.Length).Concat(contestants.Take(round % contestants.Length)))
            {
                progress($"round {round + 1} of {plan.Rounds}: {contestant.Name}");
                await TakeTurnAsync(contestant, isLast: round == plan.Rounds - 1);
            }

            if (plan.MeasuresBroker)
            {
                progress($"round {round + 1} of {plan.Rounds}: the broker alone");
                await MeasureRawAsync();
            }
        }

        for (var round = 0; round < plan.PacedRounds; round++)
        {
            foreach (var stored in new[] { BenchPlan.FewUsers, BenchPlan.ManyUsers })
            {
                await MeasurePacedAsync(userOrder, stored);
            }
        }

        foreach (var peer in others.Where(_ => plan.IsFull))
        {
            await MeasurePacedAsync(peer, BenchPlan.FewUsers);
        }

        return new ComparisonResult(plan, [.. contestants.Select(contestant => _records[contestant])], _raw, _eventBytes);
    }

    private async Task TakeTurnAsync(Contestant contestant, bool isLast)
    {
        var record = _records[contestant];
        await contestant.PrepareAsync(BenchPlan.FewUsers);
        for (var start = 1; start <= plan.ColdStarts; start++)
        {
            await contestant.StartAsync();
            record.ColdStarts.Add(
                new ServicePair(contestant.UserService.ColdStart.TotalMilliseconds, contestant.OrderService.ColdStart.TotalMilliseconds));
            if (start < plan.ColdStarts)
            {
                await contestant.StopAsync();
            }
        }

        if (contestant is UserOrderPair userOrder)
        {
            _eventBytes = await userOrder.SampleEventBytesAsync();
        }

        await WarmUpAsync(contestant);
        foreach (var connections in contestant is UserOrderPair ? plan.Connections : plan.PeerConnections)
        {
            await servers.CheckpointAsync();
            var run = await MeasureAsync(contestant, url => Wrk.RunAsync(url, connections, plan.Load));
            Add(record.Runs, connections, run);
            Report($"{connections} connections", run);
            if (connections == 1 && contestant is UserOrderPair)
            {
                record.Inserts.Add(await InsertReference.RunAsync(servers, plan.Insert));
            }
        }

        record.PeakMemory.Add(new ServicePair(contestant.UserService.PeakMemoryBytes, contestant.OrderService.PeakMemoryBytes));
        if (isLast && plan.Idle > TimeSpan.Zero && (plan.IsFull || contestant is UserOrderPair))
        {
            record.IdleCpu.Add(await MeasureIdleAsync(contestant));
        }

        await contestant.StopAsync();
    }

    private async Task<ServicePair> MeasureIdleAsync(Contestant contestant)
    {
        await Task.Delay(Quiet);
        var before = CpuUse.SoFar(contestant, servers);
        await Task.Delay(plan.Idle);
        var used = CpuUse.SoFar(contestant, servers) - before;
        return new ServicePair(used.UserService / plan.Idle.TotalSeconds * 100, used.OrderService / plan.Idle.TotalSeconds * 100);
    }

    private async Task MeasurePacedAsync(Contestant contestant, int storedUsers)
    {
        var record = _records[contestant];
        var rate = BenchPlan.PacedShare * Spread.Of(record.Runs[plan.Connections.Max()].Select(run => run.EventsPerSecond)).Median;
        progress(string.Create(CultureInfo.InvariantCulture, $"{rate:0} requests a second, {storedUsers} users stored: {contestant.Name}"));
        await contestant.PrepareAsync(storedUsers);
        await contestant.StartAsync();
        await WarmUpAsync(contestant);
        await servers.CheckpointAsync();
        var run = await MeasureAsync(contestant, url => PacedLoad.RunAsync(url, rate, plan.Paced));
        Add(record.PacedRuns, storedUsers, run);
        Report("paced", run);
        await contestant.StopAsync();
    }

    private async Task WarmUpAsync(Contestant contestant)
    {
        await contestant.CreateOneAsync();
        await MeasureAsync(contestant, url => Wrk.RunAsync(url, WarmUpConnections, plan.WarmUp));
    }

    private async Task<LoadRun> MeasureAsync(Contestant contestant, Func<Uri, Task<LoadResult>> applyLoad)
    {
        var run = await LoadRun.MeasureAsync(contestant, servers, applyLoad);
        return run.Lost > 0 && !contestant.MayLoseEvents
            ? throw new BenchException($"{contestant.Name} has lost {run.Lost} of {run.Load.Accepted} events.")
            : run;
    }

    /// <summary>In a process of its own, whose memory and compiled code the comparison's has nothing to do with.</summary>
    private async Task MeasureRawAsync()
    {
        var before = servers.BrokerCpuSeconds;
        var command = new ProcessSpecification(
            Environment.ProcessPath!,
            Environment.GetCommandLineArgs()[0],
            "raw",
            _eventBytes.ToString(CultureInfo.InvariantCulture),
            plan.WarmUp.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            plan.Load.TotalSeconds.ToString(CultureInfo.InvariantCulture))
        {
            // Not as an argument, which everyone can read.
            Environment = new Dictionary<string, string?> { [RawBroker.UriVariable] = servers.BrokerUri },
        };
        var (exitCode, output) = await ChildProcess.RunAsync(command, CancellationToken.None);
        if (exitCode != 0)
        {
            throw new BenchException($"The raw publisher and consumer failed:\n{output}");
        }

        var runs = JsonSerializer.Deserialize<RawResult[]>(output)!;
        _raw.Add(new RawRound(runs[^1], (servers.BrokerCpuSeconds - before) * 1000 / runs.Sum(run => run.Messages)));
        progress(string.Create(CultureInfo.InvariantCulture, $"  {_raw[^1].Result.MessagesPerSecond:0} messages/s"));
    }

    private static void Add(Dictionary<int, List<LoadRun>> runs, int key, LoadRun run)
    {
        if (!runs.TryGetValue(key, out var list))
        {
            runs[key] = list = [];
        }

        list.Add(run);
    }

    private void Report(string what, LoadRun run) => progress(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what}: {run.Load.AcceptedPerSecond:0} accepted/s, p50 {run.Load.P50:0.0} ms, p99 {run.Load.P99:0.0} ms, " +
        $"{run.EventsPerSecond:0} events/s, lag p99 {run.Effects.LagP99:0} ms"));
}
