using System.Globalization;

namespace UserOrder.Tests.Faults;

/// <summary>One fault of a schedule.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Target">Where: a resource, a link, or the service whose queue it is.</param>
/// <param name="Delay">How long after the beginning of its round.</param>
/// <param name="Duration">How long it lasts.</param>
internal sealed record PlannedFault(FaultKind Kind, string Target, TimeSpan Delay, TimeSpan Duration)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} {Target} after {Delay.TotalSeconds:0.0} s for {Duration.TotalSeconds:0.0} s");
}
