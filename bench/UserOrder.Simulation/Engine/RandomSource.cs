namespace UserOrder.Simulation.Engine;

/// <summary>Random numbers that follow from a seed.</summary>
internal sealed class RandomSource(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A whole number below the limit.</summary>
    public int Below(int limit) => _random.Next(limit);

    /// <summary>The time to the next of events that come independently of each other.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    /// <summary>A value of the distribution that the quantiles describe: evenly spaced, from its least value to its greatest.</summary>
    public double FromQuantiles(IReadOnlyList<double> quantiles)
    {
        var position = _random.NextDouble() * (quantiles.Count - 1);
        var index = (int)position;
        return quantiles[index] + ((position - index) * (quantiles[index + 1] - quantiles[index]));
    }
}
