namespace UserOrder.Tests.Faults;

/// <summary>What came of one kind of fault.</summary>
/// <param name="Count">How often it happened.</param>
/// <param name="WorstRecovery">
/// The longest time from the end of a round with this fault until everything worked again; the other fault of the round has its share in it.
/// </param>
internal sealed record FaultRecord(int Count, TimeSpan WorstRecovery);
