namespace UserOrder.Simulation.Report;

/// <summary>A line of a chart.</summary>
/// <param name="Name">As the legend says.</param>
/// <param name="Color">An SVG colour.</param>
/// <param name="IsDashed">What is computed is dashed, what is measured is not.</param>
/// <param name="Points">Above zero, in the order of x.</param>
internal sealed record ChartLine(string Name, string Color, bool IsDashed, IReadOnlyList<(double X, double Y)> Points);
