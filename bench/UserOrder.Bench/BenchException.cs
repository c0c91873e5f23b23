namespace UserOrder.Bench;

/// <summary>A measurement that cannot be made, or whose figures would be wrong; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
