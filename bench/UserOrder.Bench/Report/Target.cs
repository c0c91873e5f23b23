namespace UserOrder.Bench.Report;

/// <summary>A figure that is to keep a limit.</summary>
/// <param name="What">What it is of.</param>
/// <param name="Limit">The limit in words.</param>
/// <param name="Measured">The figure, whose median counts.</param>
/// <param name="Format">How it is written.</param>
/// <param name="IsMet">Whether the median keeps the limit.</param>
internal sealed record Target(string What, string Limit, Spread Measured, string Format, bool IsMet)
{
    public static Target AtLeast(string what, double limit, string format, IEnumerable<double> values)
    {
        var measured = Spread.Of(values);
        return new Target(what, $"at least {Text(limit, format)}", measured, format, measured.Median >= limit);
    }

    public static Target AtMost(string what, double limit, string format, IEnumerable<double> values)
    {
        var measured = Spread.Of(values);
        return new Target(what, $"at most {Text(limit, format)}", measured, format, measured.Median <= limit);
    }

    private static string Text(double value, string format) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
