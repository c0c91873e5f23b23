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

    /// <summary>A table of targets, a row each.</summary>
    public static string Table(string heading, IEnumerable<Target> targets)
    {
        var table = new MarkdownTable(heading, "asked for", "measured", "met");
        foreach (var target in targets)
        {
            table.Add(target.What, target.Limit, target.Measured.ToString(target.Format), target.IsMet ? "yes" : "**no**");
        }

        return table.ToString();
    }

    private static string Text(double value, string format) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
