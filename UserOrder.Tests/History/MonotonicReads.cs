namespace UserOrder.Tests.History;

/// <summary>
/// Once a client has seen something, it sees at least as much in each later read: the user, the count of their orders, each order. Every
/// replica reads the same database, so this holds across clients too.
/// </summary>
internal sealed class MonotonicReads : IHistoryRule
{
    public IEnumerable<string> FindViolations(RecordedHistory history) =>
        history.UserReads.GroupBy(read => read.UserId).SelectMany(FindLostCounts)
            .Concat(history.OrdersReads.GroupBy(read => read.UserId).SelectMany(FindLostOrders));

    private static IEnumerable<string> FindLostCounts(IEnumerable<UserRead> ofUser)
    {
        var reads = ofUser.ToList();
        var ended = new Queue<UserRead>(reads.Where(read => !read.IsProvisional).OrderBy(read => read.End));
        UserRead? most = null;
        foreach (var later in reads.OrderBy(read => read.Start))
        {
            while (ended.TryPeek(out var earlier) && earlier.IsBefore(later))
            {
                most = most is null || CountIn(earlier) > CountIn(most) ? earlier : most;
                ended.Dequeue();
            }

            var (before, after) = (most is null ? -1 : CountIn(most), CountIn(later));
            if (after < before)
            {
                yield return later.Found is null
                    ? $"Client {later.Client} did not find the user {later.UserId}, whom client {most!.Client} had read."
                    : $"Client {later.Client} read {after} orders of {later.UserId}: client {most!.Client} had read {before}.";
            }
        }
    }

    private static IEnumerable<string> FindLostOrders(IEnumerable<OrdersRead> ofUser)
    {
        var reads = ofUser.ToList();
        var ended = new Queue<OrdersRead>(reads.Where(read => !read.IsProvisional).OrderBy(read => read.End));
        var seen = new Dictionary<Guid, (string Marker, int Client)>();
        foreach (var later in reads.OrderBy(read => read.Start))
        {
            while (ended.TryPeek(out var earlier) && earlier.IsBefore(later))
            {
                foreach (var order in earlier.Orders)
                {
                    seen.TryAdd(order.Id, (order.Marker, earlier.Client));
                }

                ended.Dequeue();
            }

            foreach (var (_, order) in seen.ExceptBy(later.Orders.Select(order => order.Id), order => order.Key).Where(_ => !later.HasMore))
            {
                yield return $"Client {later.Client} did not find the order {order.Marker}, which client {order.Client} had read.";
            }
        }
    }

    /// <summary>A user who is not found has less than no order.</summary>
    private static long CountIn(UserRead read) => read.Found?.OrderCount ?? -1;
}
