namespace UserOrder.Tests.History;

/// <summary>
/// No count of orders is lost and none is made twice. At the end, a user's count is at least the number of orders that were answered with
/// 201, and at most that with those whose outcome is unknown. No read shows more orders than had been requested, or more than the end.
/// </summary>
internal sealed class OrderTotals : IHistoryRule
{
    public IEnumerable<string> FindViolations(RecordedHistory history)
    {
        var requests = history.Writes.Where(write => write.Kind == EntityKind.Order).ToLookup(write => write.UserId!.Value);
        var rows = history.Orders.CountBy(order => order.UserId!.Value).ToDictionary();
        var totals = history.Totals.ToDictionary(total => total.UserId, total => total.Count);
        return FindWrongTotals(requests, rows, totals).Concat(history.UserReads.SelectMany(read => FindWrongCount(read, requests, totals)));
    }

    private static IEnumerable<string> FindWrongTotals(
        ILookup<Guid, WriteOperation> requests, Dictionary<Guid, int> rows, Dictionary<Guid, long> totals)
    {
        foreach (var userId in requests.Select(user => user.Key).Union(rows.Keys).Union(totals.Keys))
        {
            var (total, stored) = (totals.GetValueOrDefault(userId), rows.GetValueOrDefault(userId));
            var attempts = requests[userId].GroupBy(write => write.Marker).ToList();
            var done = attempts.Count(writes => writes.Any(write => write.Outcome == Outcome.Done));
            var unknown = attempts.Count(writes => writes.All(write => write.Outcome != Outcome.Done) && MayExist(writes));
            if (total < done)
            {
                yield return $"UserApi has counted {total} orders of {userId}: {done} were answered with 201.";
            }

            if (total > done + unknown)
            {
                yield return $"UserApi has counted {total} orders of {userId}: {done} were answered with 201, and {unknown} may exist.";
            }

            if (total != stored)
            {
                yield return $"UserApi has counted {total} orders of {userId}: {stored} are stored.";
            }
        }
    }

    private static IEnumerable<string> FindWrongCount(
        UserRead read, ILookup<Guid, WriteOperation> requests, Dictionary<Guid, long> totals)
    {
        if (read.Found is not { OrderCount: > 0 and var count })
        {
            yield break;
        }

        var possible = requests[read.UserId].Where(write => write.Start < read.End).GroupBy(write => write.Marker).Count(MayExist);
        if (count > possible)
        {
            yield return $"Client {read.Client} read {count} orders of {read.UserId}: at most {possible} could exist.";
        }

        var total = totals.GetValueOrDefault(read.UserId);
        if (count > total && !read.IsProvisional)
        {
            yield return $"Client {read.Client} read {count} orders of {read.UserId}: {total} are counted at the end.";
        }
    }

    private static bool MayExist(IEnumerable<WriteOperation> attempts) => attempts.Any(attempt => attempt.Outcome != Outcome.Refused);
}
