namespace UserOrder.Simulation.Costs;

/// <summary>Runs of the real system on one machine, with the load generator beside it.</summary>
internal sealed record MeasuredRuns(Origin Origin, IReadOnlyList<MeasuredRun> Runs);

/// <summary>One run: clients that send the next request when they have the answer.</summary>
/// <param name="Connections">How many clients.</param>
/// <param name="AcceptedPerSecond">Requests answered 201.</param>
/// <param name="EndToEndPerSecond">Events committed in OrderApi during the load.</param>
/// <param name="LatencyP50">Of a request, in milliseconds.</param>
/// <param name="LatencyP99">Of a request, in milliseconds.</param>
/// <param name="LagP50">From an event's time to the commit of its effect, in milliseconds.</param>
/// <param name="LagP99">The same.</param>
/// <param name="OtherCores">How many cores everything else on the machine used meanwhile, the kernel's own threads included.</param>
/// <param name="IsFitted">Whether the costs were derived from this run too, so that agreement proves less.</param>
internal sealed record MeasuredRun(
    int Connections,
    double AcceptedPerSecond,
    double EndToEndPerSecond,
    double LatencyP50,
    double LatencyP99,
    double LagP50,
    double LagP99,
    double OtherCores,
    bool IsFitted);
