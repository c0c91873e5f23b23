namespace UserOrder.Tests.History;

/// <summary>
/// Neither a read nor the end shows a part of a transaction: of an order with its items, of an entity with its key and its event, or of a
/// received event with its effect.
/// </summary>
internal sealed class AtomicVisibility : IHistoryRule
{
    public IEnumerable<string> FindViolations(RecordedHistory history) =>
        FindParts(history).Concat(FindKeys(history)).Concat(history.HasReceipts ? FindEvents(history).Concat(FindTotals(history)) : []);

    private static IEnumerable<string> FindParts(RecordedHistory history)
    {
        foreach (var read in history.OrdersReads)
        {
            foreach (var order in read.Orders.Where(order => !order.IsWhole))
            {
                yield return $"Client {read.Client} read a part of the order {order.Marker}.";
            }
        }

        foreach (var row in history.Users.Concat(history.Orders).Where(row => !row.IsWhole))
        {
            yield return $"A part of the {row.Kind.Noun()} {row.Marker} is stored.";
        }
    }

    private static IEnumerable<string> FindKeys(RecordedHistory history) =>
        from key in history.Keys
        from row in history.RowsOf(key.Kind, key.Marker)
        where row.Commit is not null && key.Commit is not null && row.Commit != key.Commit
        select $"The {key.Kind.Noun()} {key.Marker} and its key are of different transactions.";

    private static IEnumerable<string> FindEvents(RecordedHistory history)
    {
        var receipts = history.Receipts.CountBy(receipt => (receipt.Kind, receipt.Subject)).ToDictionary();
        var known = history.KnownUsers.Select(user => user.Id).ToHashSet();
        foreach (var row in history.Users.Concat(history.Orders))
        {
            var received = receipts.GetValueOrDefault((row.Kind, row.Id));
            if (received != 1)
            {
                yield return $"The {row.Kind.Noun()} {row.Marker} is stored, and its event was received {received} times.";
            }
            else if (row.Kind == EntityKind.User && !known.Contains(row.Id))
            {
                yield return $"The event of the user {row.Marker} was received, and OrderApi does not know the user.";
            }
        }

        var stored = history.Users.Concat(history.Orders).Select(row => (row.Kind, row.Id)).ToHashSet();
        foreach (var (kind, subject) in receipts.Keys.Where(subject => !stored.Contains(subject)))
        {
            yield return $"The event of the {kind.Noun()} {subject} was received: it is not stored.";
        }
    }

    private static IEnumerable<string> FindTotals(RecordedHistory history)
    {
        var users = history.Orders.ToDictionary(order => order.Id, order => order.UserId!.Value);
        var counts = history.Receipts
            .Where(receipt => receipt.Kind == EntityKind.Order && users.ContainsKey(receipt.Subject))
            .Select(receipt => (users[receipt.Subject], receipt.Commit))
            .ToHashSet();
        return history.Totals
            .Where(total => total.Commit is not null && !counts.Contains((total.UserId, total.Commit)))
            .Select(total => $"The last count of {total.UserId} is of no transaction that received an event.");
    }
}
