using System.Globalization;
using System.Net.Http.Json;

namespace UserOrder.Bench.Contestants;

/// <summary>Effects as lines of the Node peer's log, which it counts.</summary>
/// <param name="url">Where it tells the counts.</param>
/// <param name="before">What they were when the watch began.</param>
internal sealed class LoggedEffects(Uri url, LoggedEffects.Received before) : EffectWatch
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly HttpClient Http = new();

    public static Task<Received> ReceivedAsync(Uri url) => Http.GetFromJsonAsync<Received>(url)!;

    public override async Task<long> CountAsync() => (await ReceivedAsync(url)).Count - before.Count;

    /// <summary>Nobody knows what was sent; so nothing is left when for a while nothing comes.</summary>
    public override async Task<bool> IsAnythingLeftAsync() => DateTimeOffset.UtcNow - TimeOf((await ReceivedAsync(url)).Last) < Quiet;

    public override async Task<Effects> ReadAsync()
    {
        var after = await ReceivedAsync(url);
        var count = after.Count - before.Count;
        if (count == 0)
        {
            throw new BenchException("No event of the Node peer has taken effect.");
        }

        var lags = after.Lags
            .Select(lag => (Milliseconds: double.Parse(lag.Key, CultureInfo.InvariantCulture), Count: lag.Value - before.Lags.GetValueOrDefault(lag.Key)))
            .OrderBy(lag => lag.Milliseconds)
            .ToList();
        return new Effects(count, TimeOf(after.Last), Percentile(0.5), Percentile(0.99));

        double Percentile(double part)
        {
            long sum = 0;
            return lags.First(lag => (sum += lag.Count) >= part * count).Milliseconds;
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>What the service answers.</summary>
    /// <param name="Count">The events so far.</param>
    /// <param name="Last">The time of the last of them, in milliseconds since 1970.</param>
    /// <param name="Lags">How many took as many milliseconds.</param>
    internal sealed record Received(long Count, long Last, IReadOnlyDictionary<string, long> Lags);
}
