using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>The tutorial's two services: bench/peers/node.</summary>
internal sealed class NodePair(BenchServers servers, BenchFolders folders) : Contestant(PairName, servers, folders)
{
    public const string PairName = "Node";

    protected override string CreatePath => "/users";

    protected override ProcessSpecification UserCommand => Command("user-service.js", UserUrl);

    protected override ProcessSpecification OrderCommand => Command("order-service.js", OrderUrl);

    /// <summary>It stores nothing.</summary>
    public override Task PrepareAsync(int storedUsers) => Task.CompletedTask;

    public override async Task<EffectWatch> WatchEffectsAsync()
    {
        var received = new Uri(OrderUrl, "/received");
        return new LoggedEffects(received, await LoggedEffects.ReceivedAsync(received));
    }

    private ProcessSpecification Command(string script, Uri url) => new("node", script)
    {
        WorkingDirectory = Folders.NodePeer,
        Environment = new Dictionary<string, string?>
        {
            ["NODE_ENV"] = "production",
            ["PORT"] = $"{url.Port}",
            ["RABBITMQ_URL"] = Servers.Broker.Uri,
        },
    };
}
