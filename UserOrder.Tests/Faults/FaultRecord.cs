namespace UserOrder.Tests.Faults;

/// <summary>The results of one kind of fault.</summary>
/// <param name="Count">The number of faults.</param>
/// <param name="WorstRecovery">
/// The longest time from the end of a round with this fault to full recovery; it includes the effect of the round's other fault.
/// </param>
internal sealed record FaultRecord(int Count, TimeSpan WorstRecovery);
