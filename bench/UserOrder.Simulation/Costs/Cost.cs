using System.Text.Json.Serialization;

namespace UserOrder.Simulation.Costs;

/// <summary>What a batch costs: CPU time in microseconds, once and for each of its events.</summary>
internal sealed record Cost(double PerBatch, double PerEvent)
{
    private const double SecondsPerMicrosecond = 1e-6;

    /// <summary>The core seconds that a batch takes, whatever is in it.</summary>
    [JsonIgnore]
    public double BatchSeconds => SecondsPerMicrosecond * PerBatch;

    /// <summary>The core seconds that so many events take beyond that.</summary>
    public double SecondsOf(int events) => SecondsPerMicrosecond * events * PerEvent;

    /// <summary>The core seconds that a batch takes with its events.</summary>
    public double Seconds(int events) => BatchSeconds + SecondsOf(events);
}
