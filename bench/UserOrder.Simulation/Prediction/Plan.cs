using UserOrder.Simulation.Model;

namespace UserOrder.Simulation.Prediction;

/// <summary>A way to grow: which machines there are for so many replicas.</summary>
internal sealed record Plan(string Name, string Color, Func<int, Topology> For)
{
    private const double RoundTrip = 0.0005;
    private const int ReplicasOfCell = 8;

    /// <summary>The ways that docs/scaling.md describes. Every service, broker node and database has a machine of its own.</summary>
    public static IReadOnlyList<Plan> All(int cores)
    {
        return
        [
            new("replicas only", "#6e7781", replicas => new Topology { Replicas = replicas, Cores = cores, RoundTrip = RoundTrip }),
            new("broker of 3 nodes, 6 queues", "#1f6feb", replicas => Cluster(replicas, userDatabases: 1, orderDatabases: 1)),
            new("the same and 3 databases each", "#8250df", replicas => Cluster(replicas, userDatabases: Math.Min(3, replicas), orderDatabases: 3)),
            new("cells of 8 replicas", "#d1570b", replicas => Cluster(Math.Min(ReplicasOfCell, replicas), userDatabases: 1, orderDatabases: 1) with
            {
                Cells = Math.Max(1, replicas / ReplicasOfCell),
            }),
        ];

        Topology Cluster(int replicas, int userDatabases, int orderDatabases) => new()
        {
            Replicas = replicas,
            BrokerNodes = 3,
            Queues = 6,
            QueueMembers = 3,
            UserDatabases = userDatabases,
            OrderDatabases = orderDatabases,
            Cores = cores,
            RoundTrip = RoundTrip,
        };
    }
}
