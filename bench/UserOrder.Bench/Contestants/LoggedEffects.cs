using System.Net.Http.Json;
using UserOrder.Bench.Load;

namespace UserOrder.Bench.Contestants;

/// <summary>Effects as lines of the Node peer's log, which it counts.</summary>
internal sealed class LoggedEffects(Uri url, LoggedEffects.Received before) : EffectWatch
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public static Task<Received> ReceivedAsync(Uri url) => Http.GetFromJsonAsync<Received>(url)!;

    /// <summary>The peer does not know what it sent, so nothing is left when for a while nothing comes.</summary>
    public override async Task<long> LeftAsync()
    {
        var now = await ReceivedAsync(url);
        return DateTimeOffset.UtcNow - TimeOf(now.Last) < Quiet ? now.Count : 0;
    }

    public override async Task<Effects> ReadAsync()
    {
        var after = await ReceivedAsync(url);
        var lags = after.Lags
            .SelectMany(lag => Enumerable.Repeat(double.Parse(lag.Key), (int)(lag.Value - before.Lags.GetValueOrDefault(lag.Key))))
            .Order()
            .ToList();
        return lags.Count > 0
            ? new Effects(lags.Count, TimeOf(after.Last), lags.Percentile(0.5), lags.Percentile(0.99))
            : throw new BenchException("No event of the Node peer has taken effect.");
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>The events so far; the time of the last, in milliseconds since 1970; how many took as many milliseconds.</summary>
    internal sealed record Received(long Count, long Last, IReadOnlyDictionary<string, long> Lags);
}
