using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>The same contract and the same promise on Wolverine, with its durable outbox and inbox: bench/peers/wolverine.</summary>
internal sealed class WolverinePair(BenchServers servers, BenchFolders folders) : StoringPair(PairName, servers, folders)
{
    public const string PairName = "Wolverine";
    public const string UserProject = "WolverineUserService";
    public const string OrderProject = "WolverineOrderService";

    protected override string OutboxTable => "wolverine.wolverine_outgoing_envelopes";

    protected override ProcessSpecification UserCommand => Command(UserProject, UserUrl, "userdb", UserDatabase);

    protected override ProcessSpecification OrderCommand => Command(OrderProject, OrderUrl, "orderdb", OrderDatabase);
}
