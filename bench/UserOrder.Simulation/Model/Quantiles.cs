namespace UserOrder.Simulation.Model;

/// <summary>A sample in order.</summary>
internal sealed class Quantiles(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    /// <summary>The mean; 0 if there is nothing.</summary>
    public double Mean => _sorted.Length == 0 ? 0 : _sorted.Average();

    /// <summary>The value that this part of the sample does not exceed; 0 if there is nothing.</summary>
    public double At(double part) => _sorted.Length == 0 ? 0 : _sorted[Math.Max(0, (int)Math.Ceiling(part * _sorted.Length) - 1)];
}
