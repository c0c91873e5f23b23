namespace UserOrder.Bench.Report;

/// <summary>A figure with a limit, which its median has to keep.</summary>
internal sealed record Target(string What, string Limit, string Measured, bool IsMet)
{
    public static Target AtLeast(string what, double limit, string format, IEnumerable<double> values)
    {
        var measured = Spread.Of(values);
        return new Target(what, $"at least {limit.ToString(format)}", measured.ToString(format), measured.Median >= limit);
    }

    public static Target AtMost(string what, double limit, string format, IEnumerable<double> values)
    {
        var measured = Spread.Of(values);
        return new Target(what, $"at most {limit.ToString(format)}", measured.ToString(format), measured.Median <= limit);
    }

    public static string Table(string heading, IEnumerable<Target> targets) => MarkdownTable.Write(
        targets,
        (heading, target => target.What),
        ("asked for", target => target.Limit),
        ("measured", target => target.Measured),
        ("met", target => target.IsMet ? "yes" : "**no**"));
}
