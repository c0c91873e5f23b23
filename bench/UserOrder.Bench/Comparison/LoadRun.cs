using System.Diagnostics;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Comparison;

/// <summary>A contestant under one load, from the first request until nothing of it is left anywhere.</summary>
/// <param name="Load">What the clients saw.</param>
/// <param name="Effects">What took effect.</param>
/// <param name="Seconds">From the first request to the last effect.</param>
/// <param name="Cpu">What a thousand events took.</param>
internal sealed record LoadRun(LoadResult Load, Effects Effects, double Seconds, CpuUse Cpu)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Events that took effect, in the time until nothing was left.</summary>
    public double EventsPerSecond => Effects.Count / Seconds;

    /// <summary>Accepted requests without an effect.</summary>
    public long Lost => Math.Max(0, Load.Accepted - Effects.Count);

    /// <summary>Applies a load and waits until nothing is left.</summary>
    public static async Task<LoadRun> MeasureAsync(Contestant contestant, BenchServers servers, Func<Uri, Task<LoadResult>> applyLoad)
    {
        var effectsSince = await contestant.WatchEffectsAsync();
        var before = CpuUse.SoFar(contestant, servers);
        var start = DateTimeOffset.UtcNow;
        var load = await applyLoad(contestant.CreateUrl);
        await WaitUntilNothingIsLeftAsync(contestant);
        var cpu = CpuUse.SoFar(contestant, servers) - before;
        var effects = await effectsSince();
        return new LoadRun(load, effects, (effects.Last - start).TotalSeconds, cpu.PerThousand(effects.Count));
    }

    private static async Task WaitUntilNothingIsLeftAsync(Contestant contestant)
    {
        var count = -1L;
        var unchanged = Stopwatch.StartNew();
        while (await contestant.IsAnythingLeftAsync())
        {
            contestant.UserService.ThrowIfEnded();
            contestant.OrderService.ThrowIfEnded();
            var now = await contestant.CountEffectsAsync();
            if (now != count)
            {
                count = now;
                unchanged.Restart();
            }
            else if (unchanged.Elapsed > Patience)
            {
                throw new BenchException($"{contestant.Name} has stored more users than took effect, and for {Patience.TotalSeconds} s no more do.");
            }

            await Task.Delay(PollInterval);
        }
    }
}
