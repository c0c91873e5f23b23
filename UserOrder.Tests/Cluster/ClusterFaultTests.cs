using System.Diagnostics;
using System.Globalization;
using UserOrder.Tests.Faults;

namespace UserOrder.Tests.Cluster;

/// <summary>What a cluster of three brokers survives under load: each request answered with 201 takes effect exactly once.</summary>
[Collection(ClusterTests.Name)]
public sealed class ClusterFaultTests(ClusterSystem system, ITestOutputHelper output)
{
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly ClusterFaults _faults = new(system);

    [Fact]
    public async Task Faults_of_the_nodes_lose_and_duplicate_nothing()
    {
        system.RequireServers();
        using var client = new Client(system.Ledger, service => system.Graph.GetUrl(service));
        var probe = new Probe(system, client);
        await probe.RunAsync(ClusterSystem.UserApi, ClusterSystem.OrderApi);
        await _faults.WaitUntilCompleteAsync();
        await new Traffic(system.Ledger, client, [ClusterSystem.UserApi], [ClusterSystem.OrderApi]).RunDuringAsync(async () =>
        {
            await KillOneAsync(probe, "leader killed", await _faults.LeaderAsync());
            await IsolateAsync(probe, await _faults.LeaderAsync());
            await KillOneAsync(probe, "follower killed", await _faults.FollowerAsync());
            await KillTwoAsync(probe);
            await MeasureAsync(probe, "each node restarted in turn", _faults.RestartEachAsync);
            await MeasureAsync(
                probe, "disk of a node lost", () => _faults.ReplaceAsync(BrokerNodes.All[^1], survivor: BrokerNodes.All[0]));
            await FillDiskAsync(probe, BrokerNodes.All[^1]);
        });

        var result = await new Audit(system).CheckWhenQuietAsync();

        output.WriteLine($"{system.Ledger.Requests} requests, {system.Ledger.Refusals.Count} without 201. {result}");
        Assert.True(result.Findings == 0, $"{result}");
    }

    private async Task KillOneAsync(Probe probe, string fault, string node)
    {
        await MeasureAsync(probe, fault, () => _faults.KillAsync(node));
        await MeasureAsync(probe, $"{fault}, restarted", () => _faults.StartAsync(node));
        await _faults.WaitUntilCompleteAsync();
    }

    /// <summary>The remaining node pauses: it could not know whether the others go on without it.</summary>
    private async Task KillTwoAsync(Probe probe)
    {
        var killed = BrokerNodes.All[1..];
        await Task.WhenAll(killed.Select(_faults.KillAsync));
        await MeasureAsync(probe, "two killed, restarted", () => Task.WhenAll(killed.Select(_faults.StartAsync)));
        await _faults.WaitUntilCompleteAsync();
    }

    private async Task IsolateAsync(Probe probe, string node)
    {
        await MeasureAsync(probe, "leader isolated", () => _faults.IsolateAsync(node));
        await MeasureAsync(probe, "leader isolated, reconnected", () => _faults.ReconnectAsync(node));
        await _faults.WaitUntilCompleteAsync();
    }

    private async Task FillDiskAsync(Probe probe, string node)
    {
        await _faults.FillDiskAsync(node);
        await MeasureAsync(probe, "disk of a node full, freed", () => _faults.FreeDiskAsync(node));
    }

    /// <summary>Logs the time from the end of an action until a user and an order take effect.</summary>
    private async Task MeasureAsync(Probe probe, string what, Func<Task> action)
    {
        await action();
        var start = _elapsed.Elapsed;
        await probe.RunAsync(ClusterSystem.UserApi, ClusterSystem.OrderApi);
        var recovery = _elapsed.Elapsed - start;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{_elapsed.Elapsed.TotalSeconds,6:0.0} {what}: works after {recovery.TotalSeconds:0.0} s"));
    }
}
