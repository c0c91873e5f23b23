using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>The same contract on MassTransit: bench/peers/masstransit.</summary>
internal sealed class MassTransitPair(BenchServers servers, BenchFolders folders)
    : StoringPair(PairName, servers, folders)
{
    public const string PairName = "MassTransit";

    public override bool MayLoseEvents => true;

    protected override string CreatePath => "/v1/users";

    protected override bool HasOutbox => false;

    protected override ProcessSpecification UserCommand => Command("UserService", UserUrl, "userdb", UserDatabase);

    protected override ProcessSpecification OrderCommand => Command("OrderService", OrderUrl, "orderdb", OrderDatabase);

    protected override string StoreKnownUsers(int count) => $"insert into known_users (id) select {OldUuid} from generate_series(1, {count}) as n";
}
