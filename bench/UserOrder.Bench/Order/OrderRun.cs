using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Order;

/// <summary>What it costs to keep the order of events: the same transactions without order, with many keys and with one.</summary>
internal sealed class OrderRun(BenchServers servers, Action<string> progress)
{
    /// <summary>The concurrent transactions.</summary>
    public const int Writers = 32;

    public const int Rounds = 5;

    public static readonly TimeSpan Load = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <exception cref="BenchException">An event had no effect.</exception>
    public async Task<IReadOnlyList<OrderFigures>> RunAsync()
    {
        var figures = new List<OrderFigures>();
        for (var round = 1; round <= Rounds; round++)
        {
            progress($"round {round} of {Rounds}");
            foreach (var variant in OrderVariant.All)
            {
                figures.Add(await MeasureAsync(variant, $"{round}-{variant.Keys}"));
                progress($"  {variant.Name}: {figures[^1].CommitsPerSecond:0} commits/s, {figures[^1].EventsPerSecond:0} events/s");
            }
        }

        return figures;
    }

    private async Task<OrderFigures> MeasureAsync(OrderVariant variant, string queue)
    {
        await using var service = await PriceService.StartAsync(servers, variant, queue);
        await service.RunAsync(Writers, WarmUp);
        await servers.CheckpointAsync();
        var before = CpuSeconds();
        var (commits, seconds, secondsToEffect) = await service.RunAsync(Writers, Load);
        return new OrderFigures(variant, commits / seconds, commits / secondsToEffect, (CpuSeconds() - before) * 1000 / commits);
    }

    private double CpuSeconds() =>
        Environment.CpuUsage.TotalTime.TotalSeconds + servers.BrokerCpuSeconds + servers.DatabaseCpuSeconds;
}
