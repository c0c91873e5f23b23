using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>A node of the broker: connections and channels on all cores, and one write-ahead log for all of its queues.</summary>
internal sealed class BrokerNode(CostModel costs, WorkerThreads schedulers, Machine machine, FlushedLog log)
{
    // In or out.
    private readonly double _pass = (1 - costs.QueueProcessShare) / 2;

    public Machine Machine => machine;

    public FlushedLog Log => log;

    public Task RunAsync(double seconds) => schedulers.RunAsync(seconds);

    /// <summary>What a connection and its channel do for messages on their way in.</summary>
    public Task RouteAsync(int messages) => schedulers.RunAsync(_pass * costs.Broker.SecondsOf(messages));

    /// <summary>What a connection and its channel do for messages on their way out.</summary>
    public Task DeliverAsync(int messages) => schedulers.RunAsync(_pass * costs.Broker.SecondsOf(messages));

    /// <summary>Stores messages as a follower of a queue that has its leader elsewhere.</summary>
    public async Task ReplicateAsync(int messages)
    {
        await schedulers.RunAsync(costs.FollowerShare * costs.Broker.SecondsOf(messages));
        await log.FlushAsync();
    }
}
