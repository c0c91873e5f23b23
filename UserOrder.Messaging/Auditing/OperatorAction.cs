namespace UserOrder.Messaging.Auditing;

/// <summary>What an operator did.</summary>
/// <param name="At">When it began, UTC.</param>
/// <param name="By">The operator's subject; null if the service knows no callers.</param>
/// <param name="Action"><c>replay</c>, <c>discard</c>, <c>edit</c>, <c>pause</c> or <c>resume</c>.</param>
/// <param name="Target">The queue, or <c>relay</c>.</param>
/// <param name="Detail">Which dead letters of the queue; null for a pause or resume.</param>
/// <param name="IsEnded">False while it goes on, and forever if the replica stopped meanwhile.</param>
/// <param name="Count">The number of dead letters; null for a pause or resume, and if unknown.</param>
/// <param name="Failure">Why it ended early; null if it did not.</param>
internal sealed record OperatorAction(
    DateTimeOffset At, string? By, string Action, string Target, string? Detail, bool IsEnded, int? Count, string? Failure)
{
    public const string Replay = "replay";
    public const string Discard = "discard";
    public const string Edit = "edit";
    public const string Pause = "pause";
    public const string Resume = "resume";
}
