using UserOrder.Bench.Broker;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;
using UserOrder.Bench.Report;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Comparison;

/// <summary>
/// The order of the measurements. The contestants take turns, so that what the machine does meanwhile meets all of them, and the broker
/// alone has a turn in each round.
/// </summary>
internal sealed class ComparisonRun(BenchPlan plan, BenchServers servers, Action<string> progress)
{
    private const int WarmUpConnections = 32;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly List<RawResult> _raw = [];
    private Dictionary<Contestant, ContestantRecord> _records = [];
    private int _eventBytes;

    /// <exception cref="BenchException">A contestant failed, or UserOrder lost an event.</exception>
    public async Task<ComparisonResult> RunAsync(UserOrderPair userOrder, params IReadOnlyList<Contestant> others)
    {
        Contestant[] contestants = [userOrder, .. others];
        _records = contestants.ToDictionary(contestant => contestant, contestant => new ContestantRecord(contestant.Name));
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var contestant in contestants.Skip(round % contestants.Length).Concat(contestants.Take(round % contestants.Length)))
            {
                progress($"round {round + 1} of {plan.Rounds}: {contestant.Name}");
                await TakeTurnAsync(contestant, isLast: round == plan.Rounds - 1);
            }

            if (!plan.ClosedLoopsOnly)
            {
                progress($"round {round + 1} of {plan.Rounds}: the broker alone");
                await MeasureRawAsync();
            }
        }

        if (!plan.ClosedLoopsOnly)
        {
            await MeasurePacedAsync(userOrder, BenchPlan.FewUsers);
            await MeasurePacedAsync(userOrder, BenchPlan.ManyUsers);
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
            record.ColdStarts.Add(contestant.OfBoth(service => service.ColdStart.TotalMilliseconds));
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
            if (connections == 1 && contestant is UserOrderPair { UserDatabase: var database })
            {
                record.Inserts.Add(await InsertReference.RunAsync(servers, database));
            }
        }

        record.PeakMemory.Add(contestant.OfBoth(service => service.PeakMemoryBytes));
        if (isLast && (plan.IsFull || (contestant is UserOrderPair && !plan.ClosedLoopsOnly)))
        {
            record.IdleCpu.Add(await MeasureIdleAsync(contestant));
        }

        await contestant.StopAsync();
    }

    private static async Task<ServicePair> MeasureIdleAsync(Contestant contestant)
    {
        await Task.Delay(Quiet);
        var before = contestant.OfBoth(service => service.CpuSeconds);
        await Task.Delay(Idle);
        var after = contestant.OfBoth(service => service.CpuSeconds);
        return new ServicePair(Percent(after.UserService - before.UserService), Percent(after.OrderService - before.OrderService));

        static double Percent(double seconds) => seconds / Idle.TotalSeconds * 100;
    }

    private async Task MeasurePacedAsync(Contestant contestant, int storedUsers)
    {
        var record = _records[contestant];
        var rate = BenchPlan.PacedShare * Spread.Of(record.Runs[plan.Connections.Max()].Select(run => run.EventsPerSecond)).Median;
        progress($"{rate:0} requests a second, {storedUsers} users stored: {contestant.Name}");
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
        return run.Lost > 0 && contestant.HasOutbox
            ? throw new BenchException($"{contestant.Name} has lost {run.Lost} of {run.Load.Accepted} events.")
            : run;
    }

    private async Task MeasureRawAsync()
    {
        await using var broker = await RawBroker.OpenAsync(servers, _eventBytes);
        await broker.RunAsync(plan.WarmUp);
        var result = await broker.RunAsync(plan.Load);
        _raw.Add(result);
        progress($"  {result.MessagesPerSecond:0} messages/s");
    }

    private static void Add(Dictionary<int, List<LoadRun>> runs, int key, LoadRun run)
    {
        runs.TryAdd(key, []);
        runs[key].Add(run);
    }

    private void Report(string what, LoadRun run) => progress(
        $"  {what}: {run.Load.AcceptedPerSecond:0} accepted/s, p50 {run.Load.P50:0.0} ms, p99 {run.Load.P99:0.0} ms, " +
        $"{run.EventsPerSecond:0} events/s, lag p99 {run.Effects.LagP99:0} ms");
}
