using System.Text.Json;
using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Model;

namespace UserOrder.Tests.Simulation;

/// <summary>The simulated system, with round numbers for its costs.</summary>
public sealed class SystemModelTests
{
    private const int Seed = 7;

    private static readonly CostModel Costs = new()
    {
        Origin = new Origin("", "", 2, "", []),
        Client = new Cost(0, 20),
        UserApiRequest = new Cost(100, 50),
        UserApiRelay = new Cost(500, 20),
        UserDatabaseInsert = new Cost(200, 30),
        UserDatabaseRelay = new Cost(500, 20),
        Broker = new Cost(500, 80),
        QueueProcessShare = 0.4,
        FollowerShare = 0.3,
        LeaderShare = 0.1,
        SharingFactor = 1.1,
        OrderApiConsume = new Cost(500, 40),
        OrderDatabaseConsume = new Cost(500, 20),
        FlushMilliseconds = [0.2, 0.3, 2],
        Bytes = new BytesPerEvent(0, 0, 0, 0, 0, 0, 0, 0),
    };

    private static readonly Topology OneMachine = new() { IsOneMachine = true };

    private static readonly Topology Cluster = new()
    {
        Replicas = 4,
        BrokerNodes = 3,
        Queues = 6,
        QueueMembers = 3,
        UserDatabases = 2,
        OrderDatabases = 2,
        RoundTrip = 0.0005,
    };

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Text(Seed), Text(Seed));
        Assert.NotEqual(Text(Seed), Text(Seed + 1));

        static string Text(int seed) => JsonSerializer.Serialize(SystemModel.Run(Costs, Cluster, new Load.Arrivals(2000), 1, seed));
    }

    [Theory]
    [InlineData(false, 2000)]
    [InlineData(false, 100_000)]
    [InlineData(true, 500)]
    [InlineData(true, 100_000)]
    public void Every_event_is_somewhere_once(bool isOneMachine, double perSecond)
    {
        var run = SystemModel.Run(Costs, isOneMachine ? OneMachine : Cluster, new Load.Arrivals(perSecond), 1, Seed);

        Assert.True(run.Committed > 0);
        Assert.InRange(run.Answered, 1, run.Accepted);
        Assert.InRange(run.Accepted, run.Answered, run.Sent);
        Assert.Equal(run.Accepted, run.InOutbox + run.InRelay + run.InQueue + run.InConsumer + run.Committed);
        Assert.All(run.Utilization.Values, part => Assert.InRange(part, 0, 1.000001));
    }

    [Fact]
    public void A_rate_below_the_capacity_comes_out_at_the_other_end()
    {
        var run = SystemModel.Run(Costs, Cluster, new Load.Arrivals(2000), 5, Seed);

        Assert.InRange(run.EndToEndPerSecond, 1900, 2100);
        Assert.InRange(run.LagP50, 1, run.LagP99);
    }

    /// <summary>Little's law: as many are in the system as arrive while one stays.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Clients_are_rate_times_latency(int clients)
    {
        var run = SystemModel.Run(Costs, Cluster, new Load.Clients(clients), 5, Seed);

        Assert.InRange(run.AcceptedPerSecond * run.LatencyMean / 1000, 0.98 * clients, 1.02 * clients);
    }

    [Fact]
    public void One_machine_does_no_more_than_the_sum_of_the_costs_allows()
    {
        var run = SystemModel.Run(Costs, OneMachine, new Load.Clients(128), 3, Seed);

        // Both cores are busy, and what each event needs at the very least, in batches of 500, is known.
        var least = Costs.PerEvent(500).Sum(part => part.Microseconds) + Costs.Client.PerEvent;
        Assert.InRange(run.Utilization.Values.Single(), 0.95, 1.000001);
        Assert.True(run.EndToEndPerSecond <= 2e6 / (Costs.SharingFactor * least));
    }

    [Fact]
    public void Consumers_share_a_queue()
    {
        // One of them needs 0.5 ms an event.
        var slow = Costs with { OrderApiConsume = new Cost(0, 500) };

        var run = SystemModel.Run(slow, Cluster with { Queues = 1 }, new Load.Arrivals(6000), 3, Seed);

        Assert.InRange(run.EndToEndPerSecond, 5700, 6300);
    }

    [Fact]
    public void More_shards_carry_more()
    {
        var one = SystemModel.Run(Costs, new Topology { RoundTrip = 0.0005 }, new Load.Arrivals(30_000), 2, Seed);
        var many = SystemModel.Run(Costs, Cluster with { Replicas = 8, BrokerNodes = 6 }, new Load.Arrivals(30_000), 2, Seed);

        Assert.True(many.EndToEndPerSecond > 1.5 * one.EndToEndPerSecond);
    }
}
