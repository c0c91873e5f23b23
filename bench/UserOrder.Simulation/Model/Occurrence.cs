namespace UserOrder.Simulation.Model;

/// <summary>An event of the simulated system, a user's creation.</summary>
/// <param name="Time">When it happened, in seconds from the start.</param>
/// <param name="Queue">The queue that its hash leads to.</param>
internal readonly record struct Occurrence(double Time, int Queue);
