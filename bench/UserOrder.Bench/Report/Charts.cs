using UserOrder.Bench.Comparison;

namespace UserOrder.Bench.Report;

/// <summary>The charts of docs/performance.md, by file name.</summary>
internal static class Charts
{
    public static IReadOnlyDictionary<string, BarChart> Of(ComparisonResult result)
    {
        IReadOnlyList<string> names = [.. result.Contestants.Select(contestant => contestant.Name)];
        return new Dictionary<string, BarChart>
        {
            ["performance-accepted.svg"] = ByConnections("Accepted requests a second", "#,0", run => run.Load.AcceptedPerSecond),
            ["performance-p99.svg"] = ByConnections("p99 of the answer, milliseconds", "0.0", run => run.Load.P99),
            ["performance-events.svg"] = new(
                "Events a second, end to end, nothing left behind",
                [.. names, "broker alone"],
                [
                    .. Connections(result).Select(connections => (NameOf(connections), (IReadOnlyList<Spread?>)
                        [.. result.Contestants.Select(contestant => Figure(contestant, connections, run => run.EventsPerSecond)), null])),
                    ("no services", [.. result.Contestants.Select(_ => (Spread?)null), Spread.Of(result.Raw.Select(raw => raw.Result.MessagesPerSecond))]),
                ],
                "#,0"),
        };

        BarChart ByConnections(string title, string format, Func<LoadRun, double> figure) => new(
            title,
            names,
            [.. Connections(result).Select(connections => (NameOf(connections), (IReadOnlyList<Spread?>)
                [.. result.Contestants.Select(contestant => Figure(contestant, connections, figure))]))],
            format);
    }

    private static string NameOf(int connections) => connections == 1 ? "1 connection" : $"{connections} connections";

    private static IEnumerable<int> Connections(ComparisonResult result) => result.Plan.Connections.Order();

    private static Spread? Figure(ContestantRecord contestant, int connections, Func<LoadRun, double> figure) =>
        Spread.Of(contestant.Runs[connections].Select(figure));
}
