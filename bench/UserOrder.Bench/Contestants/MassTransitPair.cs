using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>The same contract on MassTransit: bench/peers/masstransit.</summary>
internal sealed class MassTransitPair(BenchServers servers, BenchFolders folders) : StoringPair(PairName, servers, folders)
{
    public const string PairName = "MassTransit";

    protected override ProcessSpecification UserCommand => Command("UserService", UserUrl, "userdb", UserDatabase);

    protected override ProcessSpecification OrderCommand => Command("OrderService", OrderUrl, "orderdb", OrderDatabase);
}
