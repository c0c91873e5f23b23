using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Cluster;

/// <summary>Injects the faults of a cluster and repairs them. An operator would repair a node the same way.</summary>
internal sealed class ClusterFaults(ClusterSystem system)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The node that leads the queue of new users.</summary>
    public async Task<string> LeaderAsync()
    {
        using var administrator = system.AdministratorOf(BrokerNodes.All[0]);
        var leader = (await administrator.QueueAsync(Queues.ByType.Values.First())).GetProperty("leader").GetString();
        return BrokerNodes.All.Single(node => LocalGraph.ErlangNameOf(node) == leader);
    }

    /// <summary>A node that does not lead the queue of new users.</summary>
    public async Task<string> FollowerAsync()
    {
        var leader = await LeaderAsync();
        return BrokerNodes.All.Last(node => node != leader);
    }

    public Task KillAsync(string node) => system.Graph.KillAsync(node, Cancelled);

    public Task StartAsync(string node) => system.Graph.StartAsync(node, Cancelled);

    /// <summary>Stops each node in turn and starts it again, as an update does.</summary>
    public async Task RestartEachAsync()
    {
        foreach (var node in BrokerNodes.All)
        {
            await system.Graph.StopAsync(node, Cancelled);
            await StartAsync(node);
            await WaitUntilCompleteAsync();
        }
    }

    /// <summary>Cuts a node off from the others: no node accepts a connection from the other side any more.</summary>
    public Task IsolateAsync(string node) =>
        EvaluateForPeersAsync(node, "begin erlang:set_cookie(Node, refused), erlang:disconnect_node(Node) end");

    public Task ReconnectAsync(string node) => EvaluateForPeersAsync(node, "erlang:set_cookie(Node, erlang:get_cookie())");

    /// <summary>Loses the disk of a node, which then joins the cluster as a new one and becomes a member of the queues again.</summary>
    public async Task ReplaceAsync(string node, string survivor)
    {
        await KillAsync(node);
        system.Nodes.Erase(node);
        await RunAsync(survivor, "rabbitmq-queues", "shrink", LocalGraph.ErlangNameOf(node));
        await RunAsync(survivor, "rabbitmqctl", "forget_cluster_node", LocalGraph.ErlangNameOf(node));
        await StartAsync(node);
        await system.WaitUntilAllNodesServeAsync();
        await RunAsync(survivor, "rabbitmq-queues", "grow", LocalGraph.ErlangNameOf(node), "all");
    }

    /// <summary>Lets a node believe that its disk is full, so that the cluster accepts no messages.</summary>
    public Task FillDiskAsync(string node) => RunAsync(node, "rabbitmqctl", "set_disk_free_limit", "100000GB");

    public Task FreeDiskAsync(string node) => RunAsync(node, "rabbitmqctl", "set_disk_free_limit", "256MB");

    /// <summary>Waits until every queue has all of its three members.</summary>
    public async Task WaitUntilCompleteAsync()
    {
        await system.WaitUntilAllNodesServeAsync();
        using var administrator = system.AdministratorOf(BrokerNodes.All[0]);
        foreach (var queue in Queues.ByType.Values)
        {
            await Until.TrueAsync(
                $"{queue} has three members",
                () => administrator.QueueAsync(queue),
                state => state.TryGetProperty("online", out var members) && members.GetArrayLength() == BrokerNodes.All.Length,
                ClusterSystem.StartOfNode);
        }
    }

    private Task EvaluateForPeersAsync(string node, string expression)
    {
        var peers = BrokerNodes.All.Where(peer => peer != node).Select(peer => $"'{LocalGraph.ErlangNameOf(peer)}'");
        return RunAsync(node, "rabbitmqctl", "eval", $"[{expression} || Node <- [{string.Join(", ", peers)}]].");
    }

    private Task RunAsync(string node, string tool, params string[] arguments) =>
        system.Graph.RunOnBrokerNodeAsync(node, tool, arguments);
}
