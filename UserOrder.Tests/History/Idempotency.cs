namespace UserOrder.Tests.History;

/// <summary>However often a client sends a request, it is carried out at most once, and every 201 has the same id.</summary>
internal sealed class Idempotency : IHistoryRule
{
    public IEnumerable<string> FindViolations(RecordedHistory history)
    {
        foreach (var requests in history.Writes.GroupBy(write => (write.Kind, write.Marker)))
        {
            var ids = requests.Where(write => write.Outcome == Outcome.Done).Select(write => write.AnsweredId).Distinct().Count();
            if (ids > 1)
            {
                yield return $"The {requests.Key.Kind.Noun()} {requests.Key.Marker} was answered with {ids} ids.";
            }
        }

        foreach (var rows in history.Users.Concat(history.Orders).GroupBy(row => (row.Kind, row.Marker)).Where(rows => rows.Count() > 1))
        {
            yield return $"The {rows.Key.Kind.Noun()} {rows.Key.Marker} is stored {rows.Count()} times.";
        }

        foreach (var key in history.Keys)
        {
            if (history.RowsOf(key.Kind, key.Marker).FirstOrDefault(row => row.Id != key.EntityId) is { } other)
            {
                yield return $"The key {key.Marker} names {key.EntityId}, the {key.Kind.Noun()} is {other.Id}.";
            }
        }
    }
}
