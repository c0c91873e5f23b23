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
/// <param name="LogBytes">What PostgreSQL wrote to its write-ahead log for an event.</param>
internal sealed record LoadRun(LoadResult Load, Effects Effects, double Seconds, CpuUse Cpu, double LogBytes)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public double EventsPerSecond => Effects.Count / Seconds;

    /// <summary>Accepted requests without an effect.</summary>
    public long Lost => Math.Max(0, Load.Accepted - Effects.Count);

    /// <summary>Applies a load and waits until nothing is left.</summary>
    public static async Task<LoadRun> MeasureAsync(Contestant contestant, BenchServers servers, Func<Uri, Task<LoadResult>> applyLoad)
    {
        await using var watch = await contestant.WatchEffectsAsync();
        var logBefore = await servers.LogPositionAsync();
        var before = CpuUse.SoFar(contestant, servers);
        var start = DateTimeOffset.UtcNow;
        var load = await applyLoad(contestant.CreateUrl);
        await WaitUntilNothingIsLeftAsync(contestant, watch);
        var after = CpuUse.SoFar(contestant, servers);
        var effects = await watch.ReadAsync();
        var logBytes = await servers.LogPositionAsync() - logBefore;
        var cpu = after.PerThousandSince(before, effects.Count);
        return new LoadRun(load, effects, (effects.Last - start).TotalSeconds, cpu, (double)logBytes / effects.Count);
    }

    private static async Task WaitUntilNothingIsLeftAsync(Contestant contestant, EffectWatch watch)
    {
        var (before, unchanged) = (0L, Stopwatch.StartNew());
        while (await watch.LeftAsync() is not 0 and var left)
        {
            contestant.UserService.ThrowIfEnded();
            contestant.OrderService.ThrowIfEnded();
            if (left != before)
            {
                before = left;
                unchanged.Restart();
            }
            else if (unchanged.Elapsed > Patience && contestant.HasOutbox)
            {
                throw new BenchException(
                    $"{contestant.Name} has users without an effect or events in its outbox, unchanged for {Patience.TotalSeconds} s.");
            }
            else if (unchanged.Elapsed > Patience)
            {
                return;
            }

            await Task.Delay(PollInterval);
        }
    }
}
