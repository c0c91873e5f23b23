using UserOrder.Bench.Broker;
using UserOrder.Bench.Contestants;

namespace UserOrder.Bench.Comparison;

/// <summary>Everything that one run has measured.</summary>
/// <param name="Plan">How much it was.</param>
/// <param name="Contestants">UserOrder first.</param>
/// <param name="Raw">The broker alone, an entry a round.</param>
/// <param name="EventBytes">The body of UserOrder's event, which the raw messages have too.</param>
internal sealed record ComparisonResult(
    BenchPlan Plan, IReadOnlyList<ContestantRecord> Contestants, IReadOnlyList<RawResult> Raw, int EventBytes)
{
    public ContestantRecord UserOrder => Contestants[0];

    /// <summary>Null in a quick run.</summary>
    public ContestantRecord? Wolverine => Contestants.SingleOrDefault(contestant => contestant.Name == WolverinePair.PairName);

    public ContestantRecord Node => Contestants.Single(contestant => contestant.Name == NodePair.PairName);
}
