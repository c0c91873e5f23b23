using System.Globalization;
using System.Net.Http.Json;
using UserOrder.Bench.Servers;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>The tutorial's two services: bench/peers/node.</summary>
internal sealed class NodePair(BenchServers servers, BenchFolders folders, ProcessWatchdog watchdog)
    : Contestant("Node", servers, folders, watchdog)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly HttpClient Http = new();

    private readonly string _folder = Path.Combine(folders.Root, "bench", "peers", "node");

    protected override string CreatePath => "/users";

    protected override ProcessSpecification UserCommand => Command("user-service.js", UserUrl);

    protected override ProcessSpecification OrderCommand => Command("order-service.js", OrderUrl);

    /// <summary>It stores nothing.</summary>
    public override Task PrepareAsync(int storedUsers) => Task.CompletedTask;

    public override async Task<long> CountEffectsAsync() => (await ReceivedAsync()).Count;

    /// <summary>Nobody knows what was sent; so nothing is left when for a while nothing comes.</summary>
    public override async Task<bool> IsAnythingLeftAsync() =>
        DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds((await ReceivedAsync()).Last) < Quiet;

    public override async Task<Func<Task<Effects>>> WatchEffectsAsync()
    {
        var before = await ReceivedAsync();
        return async () => Between(before, await ReceivedAsync());
    }

    private static Effects Between(Received before, Received after)
    {
        var count = after.Count - before.Count;
        if (count == 0)
        {
            throw new BenchException("No event of the Node peer has taken effect.");
        }

        var lags = after.Lags
            .Select(lag => (Milliseconds: double.Parse(lag.Key, CultureInfo.InvariantCulture), Count: lag.Value - before.Lags.GetValueOrDefault(lag.Key)))
            .OrderBy(lag => lag.Milliseconds)
            .ToList();
        return new Effects(count, DateTimeOffset.FromUnixTimeMilliseconds(after.Last), Percentile(0.5), Percentile(0.99));

        double Percentile(double part)
        {
            long sum = 0;
            return lags.First(lag => (sum += lag.Count) >= part * count).Milliseconds;
        }
    }

    private Task<Received> ReceivedAsync() => Http.GetFromJsonAsync<Received>(new Uri(OrderUrl, "/received"))!;

    private ProcessSpecification Command(string script, Uri url) =>
        new("node", script)
        {
            WorkingDirectory = _folder,
            Environment = new Dictionary<string, string?>
            {
                ["NODE_ENV"] = "production",
                ["PORT"] = url.Port.ToString(CultureInfo.InvariantCulture),
                ["RABBITMQ_URL"] = Servers.BrokerUri,
            },
        };

    private sealed record Received(long Count, long Last, IReadOnlyDictionary<string, long> Lags);
}
