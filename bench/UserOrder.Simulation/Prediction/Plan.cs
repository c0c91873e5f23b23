using UserOrder.Simulation.Model;

namespace UserOrder.Simulation.Prediction;

/// <summary>A way to grow: which machines there are for so many replicas.</summary>
internal sealed record Plan(string Name, string Color, Func<int, Topology> For)
{
    private const double RoundTrip = 0.0005;

    /// <summary>The ways that docs/scaling.md describes. Every service, broker node and database has a machine of its own.</summary>
    public static IReadOnlyList<Plan> All(int cores) =>
    [
        new("replicas only", "#6e7781", replicas => new Topology { Replicas = replicas, Cores = cores, RoundTrip = RoundTrip }),
        new("broker: 3 nodes, 6 queues", "#1f6feb", replicas => new Topology
        {
            Replicas = replicas,
            BrokerNodes = 3,
            Queues = 6,
            QueueMembers = 3,
            Cores = cores,
            RoundTrip = RoundTrip,
        }),
        new("and 4 databases a service", "#8250df", replicas => new Topology
        {
            Replicas = replicas,
            BrokerNodes = 3,
            Queues = 8,
            QueueMembers = 3,
            UserDatabases = Math.Min(4, replicas),
            OrderDatabases = 4,
            Cores = cores,
            RoundTrip = RoundTrip,
        }),
        new("cells: all grows with the replicas", "#d1570b", replicas => new Topology
        {
            Replicas = replicas,
            BrokerNodes = 3 * Math.Max(1, replicas / 2),
            Queues = 3 * Math.Max(1, replicas / 2),
            QueueMembers = 3,
            UserDatabases = Math.Max(1, replicas / 2),
            OrderDatabases = Math.Max(1, replicas / 2),
            Cores = cores,
            RoundTrip = RoundTrip,
        }),
    ];
}
