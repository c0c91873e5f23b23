using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>
/// A quorum queue. Its leader is one process, so that one core at a time is the most it uses; a message is confirmed when a majority of
/// the members have flushed it.
/// </summary>
internal sealed class QuorumQueue(
    Simulator simulator, CostModel costs, BrokerNode leader, IReadOnlyList<BrokerNode> followers, double roundTrip)
{
    private readonly WorkerThreads _process = new(simulator, leader.Machine, 1);

    // In and out.
    private readonly double _pass = costs.QueueProcessShare / 2;
    private readonly Mailbox<Occurrence> _ready = new(simulator);

    /// <summary>The seconds that its process was at work.</summary>
    public double OccupiedSeconds => _process.OccupiedSeconds;

    /// <summary>How many messages wait for a consumer to have room.</summary>
    public int Ready => _ready.Count;

    public BrokerNode Leader => leader;

    /// <summary>Completes when the messages are confirmed.</summary>
    public async Task PublishAsync(Occurrence[] messages)
    {
        await _process.RunAsync(_pass * costs.Broker.SecondsOf(messages.Length));
        await leader.RunAsync(followers.Count * costs.LeaderShare * costs.Broker.SecondsOf(messages.Length));
        await StoreAsync(messages.Length);
        foreach (var message in messages)
        {
            _ready.Add(message);
        }
    }

    public Task WaitAsync() => _ready.WaitAsync();

    public List<Occurrence> Take(int limit) => _ready.Take(limit);

    /// <summary>Forgets messages.</summary>
    public async Task AcknowledgeAsync(int messages)
    {
        await _process.RunAsync(_pass * costs.Broker.SecondsOf(messages));
        await StoreAsync(0);
    }

    /// <summary>Completes when a majority has it on the disk.</summary>
    private async Task StoreAsync(int messages)
    {
        var missing = (followers.Count + 1) / 2;
        var isReplicated = new Completion(simulator);
        foreach (var follower in followers)
        {
            simulator.Start(() => ReplicateAsync(follower));
        }

        await leader.Log.FlushAsync();
        if (missing > 0)
        {
            await isReplicated;
        }

        async Task ReplicateAsync(BrokerNode follower)
        {
            await simulator.DelayAsync(roundTrip / 2);
            await follower.ReplicateAsync(messages);
            await simulator.DelayAsync(roundTrip / 2);
            if (--missing == 0)
            {
                isReplicated.Complete();
            }
        }
    }
}
