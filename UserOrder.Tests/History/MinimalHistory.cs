namespace UserOrder.Tests.History;

/// <summary>
/// Reduces a history by delta debugging: drops ever smaller parts while the rest still shows the same finding. In the result, each single
/// entry is necessary.
/// </summary>
/// <remarks>Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002, https://doi.org/10.1109/32.988498.</remarks>
internal static class MinimalHistory
{
    public static RecordedHistory Of(RecordedHistory history, IHistoryRule rule, string finding)
    {
        var rest = history;
        for (var parts = 2; rest.Entries.Count > 1;)
        {
            var size = (rest.Entries.Count + parts - 1) / parts;
            var smaller = Enumerable.Range(0, parts)
                .Select(part => rest.With([.. rest.Entries.Take(part * size), .. rest.Entries.Skip((part + 1) * size)]))
                .FirstOrDefault(candidate => rule.FindViolations(candidate).Contains(finding));
            if (smaller is not null)
            {
                (rest, parts) = (smaller, Math.Max(2, parts - 1));
            }
            else if (size == 1)
            {
                break;
            }
            else
            {
                parts = Math.Min(rest.Entries.Count, parts * 2);
            }
        }

        return rest;
    }
}
