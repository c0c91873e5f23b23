namespace UserOrder.Tests.History;

/// <summary>Neither a read nor the end shows an entity that no client had requested, or that was refused.</summary>
internal sealed class OnlyRequested : IHistoryRule
{
    public IEnumerable<string> FindViolations(RecordedHistory history)
    {
        foreach (var read in history.UserReads)
        {
            if (read.Found is { } user && FindFlaw(history, EntityKind.User, user.Marker, read.UserId, read.End) is { } flaw)
            {
                yield return $"Client {read.Client} read the user {user.Marker}{flaw}.";
            }
        }

        foreach (var read in history.OrdersReads)
        {
            foreach (var order in read.Orders)
            {
                if (FindFlaw(history, EntityKind.Order, order.Marker, order.Id, read.End) is { } flaw)
                {
                    yield return $"Client {read.Client} read the order {order.Marker}{flaw}.";
                }
            }
        }

        foreach (var row in history.Users.Concat(history.Orders))
        {
            if (FindFlaw(history, row.Kind, row.Marker, row.Id, TimeSpan.MaxValue) is { } flaw)
            {
                yield return $"The {row.Kind.Noun()} {row.Marker} is stored{flaw}.";
            }
        }
    }

    private static string? FindFlaw(RecordedHistory history, EntityKind kind, string marker, Guid id, TimeSpan end)
    {
        var requests = history.WritesOf(kind, marker).Where(write => write.Start < end).ToList();
        return requests.Count == 0
            ? ", which no client had requested"
            : requests.All(write => write.Outcome == Outcome.Refused)
                ? ", which was refused"
                : requests.Find(write => write.AnsweredId is { } answered && answered != id) is { AnsweredId: { } other }
                    ? $" as {HistoryEntry.Short(id)}, which was answered as {HistoryEntry.Short(other)}"
                    : null;
    }
}
