namespace UserOrder.Tests.History;

/// <summary>What was answered with 201 is in every later read, of any client, and in the end.</summary>
internal sealed class AcknowledgedWrites : IHistoryRule
{
    public IEnumerable<string> FindViolations(RecordedHistory history)
    {
        var done = history.Writes.Where(write => write.Outcome == Outcome.Done).ToList();
        var users = done.Where(write => write.Kind == EntityKind.User).ToLookup(write => write.AnsweredId!.Value);
        var orders = done.Where(write => write.Kind == EntityKind.Order).ToLookup(write => write.UserId!.Value);
        foreach (var read in history.UserReads.Where(read => read.Found is null))
        {
            if (users[read.UserId].FirstOrDefault(write => write.IsBefore(read)) is { } lost)
            {
                yield return $"Client {read.Client} did not find the user {lost.Marker}, which had been answered with 201.";
            }
        }

        foreach (var read in history.OrdersReads.Where(read => !read.HasMore))
        {
            var found = read.Orders.Select(order => order.Id).ToHashSet();
            foreach (var lost in orders[read.UserId].Where(write => write.IsBefore(read) && !found.Contains(write.AnsweredId!.Value)))
            {
                yield return $"Client {read.Client} did not find the order {lost.Marker}, which had been answered with 201.";
            }
        }

        foreach (var lost in done.Where(write => !history.RowsOf(write.Kind, write.Marker).Any(row => IsOf(row, write))))
        {
            var id = HistoryEntry.Short(lost.AnsweredId!.Value);
            yield return $"The {lost.Kind.Noun()} {lost.Marker} was answered with 201 as {id}, and is not stored.";
        }
    }

    private static bool IsOf(EntityRow row, WriteOperation write) => row.Id == write.AnsweredId && row.UserId == write.UserId;
}
