namespace UserOrder.Simulation.Costs;

/// <summary>Where numbers come from.</summary>
/// <param name="Date">The day of the measurement.</param>
/// <param name="Machine">What it ran on.</param>
/// <param name="Cores">How many cores that has.</param>
/// <param name="Versions">Of broker, database and runtime.</param>
/// <param name="Methods">How each was measured, or where it was read.</param>
internal sealed record Origin(string Date, string Machine, int Cores, string Versions, IReadOnlyList<string> Methods)
{
    public override string ToString() => $"Measured on {Date}: {Machine}; {Versions}.";
}
