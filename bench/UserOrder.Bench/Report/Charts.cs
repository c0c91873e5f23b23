using UserOrder.Bench.Comparison;

namespace UserOrder.Bench.Report;

/// <summary>The charts of docs/performance.md, by file name.</summary>
internal static class Charts
{
    public static IReadOnlyDictionary<string, BarChart> Of(ComparisonResult result)
    {
        string[] names = [.. result.Contestants.Select(contestant => contestant.Name)];
        var broker = Spread.Of(result.Raw.Select(raw => raw.MessagesPerSecond));
        return new Dictionary<string, BarChart>
        {
            ["performance-accepted.svg"] = new("Accepted requests a second", names, [.. Groups(run => run.Load.AcceptedPerSecond)], "#,0"),
            ["performance-p99.svg"] = new("p99 of the answer, milliseconds", names, [.. Groups(run => run.Load.P99)], "0.0"),
            ["performance-events.svg"] = new(
                "Events a second, end to end, nothing left behind",
                [.. names, "broker alone"],
                [
                    .. Groups(run => run.EventsPerSecond).Select(group => (group.Name, (IReadOnlyList<Spread?>)[.. group.Bars, null])),
                    ("no services", [.. names.Select(_ => (Spread?)null), broker]),
                ],
                "#,0"),
        };

        IEnumerable<(string Name, IReadOnlyList<Spread?> Bars)> Groups(Func<LoadRun, double> figure) =>
            from connections in result.Plan.Connections.Order()
            let bars = result.Contestants.Select(contestant => (Spread?)Spread.Of(contestant.Runs[connections].Select(figure)))
            select (connections == 1 ? "1 connection" : $"{connections} connections", (IReadOnlyList<Spread?>)[.. bars]);
    }
}
