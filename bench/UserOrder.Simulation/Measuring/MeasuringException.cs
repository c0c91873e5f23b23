namespace UserOrder.Simulation.Measuring;

/// <summary>A measurement did not come about; the message says why.</summary>
internal sealed class MeasuringException(string message) : Exception(message);
