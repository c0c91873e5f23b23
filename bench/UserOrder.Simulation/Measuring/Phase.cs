namespace UserOrder.Simulation.Measuring;

/// <summary>A part of a measurement: what was accepted in it, and what it took.</summary>
internal sealed record Phase(double Requests, double Events, Counters Used);
