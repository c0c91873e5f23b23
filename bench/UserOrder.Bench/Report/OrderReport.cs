using UserOrder.Bench.Order;

namespace UserOrder.Bench.Report;

/// <summary>What order costs, for docs/performance.md.</summary>
internal sealed class OrderReport(IReadOnlyList<OrderFigures> figures, string machine)
{
    private const string Ratio = "0.00×";

    public string Write() => string.Join(
        '\n',
        $"Measured by `bench/run.sh --order` on {DateTime.UtcNow:yyyy-MM-dd}, on {machine}.",
        $"{OrderRun.Writers} writers, each with a row and its event in a transaction, for {OrderRun.Load.TotalSeconds:0} s;",
        $"{OrderRun.Rounds} rounds. One process writes, relays and applies.",
        "Figures are medians, with the lowest and the highest in parentheses; a ratio is made within each round.",
        "",
        MarkdownTable.Write(
            OrderVariant.All,
            ("events", variant => variant.Name),
            ("commits/s", variant => Spread.Text(Of(variant), run => run.CommitsPerSecond, "#,0")),
            ("events/s, end to end", variant => Spread.Text(Of(variant), run => run.EventsPerSecond, "#,0")),
            ("to no order", variant => Ratios(variant, run => run.EventsPerSecond)),
            ("CPU seconds per 1,000 events", variant => Spread.Text(Of(variant), run => run.CpuSeconds, "0.00")),
            ("to no order", variant => Ratios(variant, run => run.CpuSeconds))));

    private IEnumerable<OrderFigures> Of(OrderVariant variant) => figures.Where(run => run.Variant == variant);

    private string Ratios(OrderVariant variant, Func<OrderFigures, double> figure) => Spread
        .Of(Of(variant).Zip(Of(OrderVariant.Unordered), (run, unordered) => figure(run) / figure(unordered)))
        .ToString(Ratio);
}
