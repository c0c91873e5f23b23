using UserOrder.Bench.Load;

namespace UserOrder.Bench.Comparison;

/// <summary>One kind of request under one load.</summary>
/// <param name="Kind">The name of the kind.</param>
/// <param name="Connections">The connections of the load.</param>
/// <param name="Load">What the clients saw.</param>
/// <param name="CpuSeconds">What a thousand requests took in all processes, until their events had left the outbox.</param>
internal sealed record RequestRun(string Kind, int Connections, LoadResult Load, double CpuSeconds);
