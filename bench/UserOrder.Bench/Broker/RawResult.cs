namespace UserOrder.Bench.Broker;

/// <summary>What went through the broker.</summary>
/// <param name="Messages">How many were confirmed, delivered and acknowledged.</param>
/// <param name="Seconds">From the first publish to the last acknowledgement.</param>
/// <param name="ClientCpuSeconds">The processor time of the process that published and consumed.</param>
internal sealed record RawResult(long Messages, double Seconds, double ClientCpuSeconds)
{
    public double MessagesPerSecond => Messages / Seconds;
}
