namespace UserOrder.Simulation.Model;

/// <summary>What runs where.</summary>
internal sealed record Topology
{
    /// <summary>Instances of UserApi, and as many of OrderApi.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Nodes of the broker's cluster.</summary>
    public int BrokerNodes { get; init; } = 1;

    /// <summary>Queues that the events are spread over by a consistent-hash exchange; each has its leader on one node.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>Members of each quorum queue, on as many nodes.</summary>
    public int QueueMembers { get; init; } = 1;

    /// <summary>Servers that UserApi's tables are spread over. A replica writes to one of them.</summary>
    public int UserDatabases { get; init; } = 1;

    /// <summary>Servers that OrderApi's tables are spread over. A queue's events go to one of them.</summary>
    public int OrderDatabases { get; init; } = 1;

    /// <summary>The cores of each machine.</summary>
    public int Cores { get; init; } = 2;

    /// <summary>Whether everything, the clients included, shares one machine, as in the measured runs. Else each has its own.</summary>
    public bool IsOneMachine { get; init; }

    /// <summary>How many of that machine's cores something else keeps busy.</summary>
    public double OtherCores { get; init; }

    /// <summary>The time that a question and its answer spend on the network, in seconds.</summary>
    public double RoundTrip { get; init; }

    /// <summary>How often all of it exists, side by side and with nothing in common. One of them is simulated.</summary>
    public int Cells { get; init; } = 1;

    /// <summary>How many machines that makes, without the clients'.</summary>
    public int Machines => IsOneMachine ? 1 : Cells * ((2 * Replicas) + BrokerNodes + UserDatabases + OrderDatabases);
}
