using System.Globalization;

namespace UserOrder.Tests.Faults;

/// <summary>One fault of a schedule.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Target">The resource, the link, the fail point, or the service that owns the queue.</param>
/// <param name="Delay">The delay after the start of the round.</param>
/// <param name="Duration">The duration of the fault.</param>
internal sealed record PlannedFault(FaultKind Kind, string Target, TimeSpan Delay, TimeSpan Duration)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} {Target} after {Delay.TotalSeconds:0.0} s for {Duration.TotalSeconds:0.0} s");
}
