using System.Globalization;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Which dead letters of a queue an operation covers. Conditions add up; without any, it covers all.</summary>
/// <param name="Ids">The ids of dead letters; null or none for any.</param>
/// <param name="Reason">The exact reason, empty for an unknown one; null for any.</param>
/// <param name="Type">The exact event type, empty for an unknown one; null for any.</param>
/// <param name="From">The earliest time of death; null for any. With a time, dead letters of an unknown time are not covered.</param>
/// <param name="Until">The time before which the message died; null for any.</param>
internal sealed record DeadLetterFilter(
    IReadOnlyCollection<string>? Ids = null,
    string? Reason = null,
    string? Type = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null)
{
    public bool IsAll => Ids is null or { Count: 0 } && Reason is null && Type is null && From is null && Until is null;

    public bool Covers(DeadLetter letter) =>
        (Ids is null or { Count: 0 } || Ids.Contains(letter.Id))
        && (Reason is null || Reason == (letter.Reason ?? ""))
        && (Type is null || Type == (letter.Type ?? ""))
        && (From is null || letter.DiedAt >= From)
        && (Until is null || letter.DiedAt < Until);

    /// <summary>The conditions in words.</summary>
    public string Describe()
    {
        var conditions = new List<string>();
        if (Ids is { Count: > 0 })
        {
            conditions.Add($"id {string.Join(", ", Ids)}");
        }

        Add("reason", Reason is "" ? "unknown" : Reason);
        Add("type", Type is "" ? "unknown" : Type);
        Add("from", From?.ToString("u", CultureInfo.InvariantCulture));
        Add("until", Until?.ToString("u", CultureInfo.InvariantCulture));
        return conditions.Count > 0 ? string.Join("; ", conditions) : "all";

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                conditions.Add($"{name} {value}");
            }
        }
    }
}
