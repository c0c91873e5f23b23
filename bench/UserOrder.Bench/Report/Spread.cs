namespace UserOrder.Bench.Report;

/// <summary>The middle and the ends of what several rounds have measured.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <param name="values">At least one.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return new Spread(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>The spread of a figure, in writing.</summary>
    public static string Text<T>(IEnumerable<T> measured, Func<T, double> figure, string format) =>
        Of(measured.Select(figure)).ToString(format);

    /// <summary>The median, and in parentheses the ends where they differ from it in what is written.</summary>
    public string ToString(string format)
    {
        var (median, min, max) = (Median.ToString(format), Min.ToString(format), Max.ToString(format));
        return min == max ? median : $"{median} ({min}–{max})";
    }
}
