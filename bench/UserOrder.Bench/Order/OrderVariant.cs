namespace UserOrder.Bench.Order;

/// <summary>How many ordering keys the events have.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Keys">The number of keys; zero for events without one, on a queue without order.</param>
internal sealed record OrderVariant(string Name, int Keys)
{
    public static readonly OrderVariant Unordered = new("no order", 0);

    public static IReadOnlyList<OrderVariant> All { get; } =
        [Unordered, new OrderVariant("1,000 keys", 1_000), new OrderVariant("one key", 1)];
}

/// <summary>One measurement of a variant.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="CommitsPerSecond">Transactions, each with a row and its event, while the writers ran.</param>
/// <param name="EventsPerSecond">Effects, from the first commit to the last effect.</param>
/// <param name="CpuSeconds">What a thousand events took in all processes.</param>
internal sealed record OrderFigures(OrderVariant Variant, double CommitsPerSecond, double EventsPerSecond, double CpuSeconds);
