using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;

namespace UserOrder.Bench.Comparison;

/// <summary>What was measured of one contestant, each list with an entry a turn.</summary>
internal sealed record ContestantRecord(string Name)
{
    /// <summary>The closed loops, by the number of connections.</summary>
    public Dictionary<int, List<LoadRun>> Runs { get; } = [];

    /// <summary>The open loops, by the number of stored users.</summary>
    public Dictionary<int, List<LoadRun>> PacedRuns { get; } = [];

    /// <summary>The bare inserts beside the load of one connection; UserOrder only.</summary>
    public List<LoadResult> Inserts { get; } = [];

    /// <summary>From the start to the first 200, in milliseconds.</summary>
    public List<ServicePair> ColdStarts { get; } = [];

    /// <summary>In bytes, at the end of a turn.</summary>
    public List<ServicePair> PeakMemory { get; } = [];

    /// <summary>Percent of one processor.</summary>
    public List<ServicePair> IdleCpu { get; } = [];
}
