namespace UserOrder.Messaging.DeadLetters;

/// <summary>Which dead letters of a queue an operation covers. Conditions add up; without any, it covers all.</summary>
/// <param name="Ids">The ids of dead letters; null or none for any.</param>
/// <param name="Reason">The exact reason, empty for an unknown one; null for any.</param>
/// <param name="Type">The exact event type, empty for an unknown one; null for any.</param>
internal sealed record DeadLetterFilter(IReadOnlyCollection<string>? Ids = null, string? Reason = null, string? Type = null)
{
    public static readonly DeadLetterFilter All = new();

    public bool IsAll => Ids is null or { Count: 0 } && Reason is null && Type is null;

    public bool Covers(DeadLetter letter) =>
        (Ids is null or { Count: 0 } || Ids.Contains(letter.Id))
        && (Reason is null || Reason == (letter.Reason ?? ""))
        && (Type is null || Type == (letter.Type ?? ""));
}
