namespace UserOrder.Messaging.DeadLetters;

/// <summary>A queue and the number of its dead letters.</summary>
/// <param name="Queue">The queue that they came from.</param>
/// <param name="Count">How many there are, without those that an operation holds at this moment.</param>
internal sealed record DeadLetterCount(string Queue, long Count);

/// <summary>A dead letter in a list.</summary>
/// <param name="Id">Stable; copies of one message share it.</param>
/// <param name="MessageId">The message's own id; null where it has none.</param>
/// <param name="Type">The event's type; null where the message does not say.</param>
/// <param name="Reason">Why it is dead, one sentence; null where nobody said.</param>
/// <param name="Bytes">The size of the body.</param>
/// <param name="DiedAt">When it died, UTC; null where nobody said.</param>
/// <param name="Body">The first 4 KiB of the body.</param>
internal sealed record DeadLetterSummary(
    string Id, string? MessageId, string? Type, string? Reason, int Bytes, DateTimeOffset? DiedAt, DeadLetterBody Body)
{
    private const int MaxBodyBytes = 4 * 1024;

    public static DeadLetterSummary Of(DeadLetter letter) => new(
        letter.Id,
        letter.Properties.MessageId,
        letter.Properties.Type,
        DeadLetterHeaders.ReasonOf(letter.Properties.Headers),
        letter.Body.Length,
        DeadLetterHeaders.TimeOf(letter.Properties.Headers),
        DeadLetterBody.Of(letter.Body.Span, MaxBodyBytes));
}

/// <summary>A dead letter with everything that is known of it.</summary>
/// <param name="Id">Stable; copies of one message share it.</param>
/// <param name="MessageId">The message's own id; null where it has none.</param>
/// <param name="Type">The event's type; null where the message does not say.</param>
/// <param name="Reason">Why it is dead, one sentence; null where nobody said.</param>
/// <param name="Bytes">The size of the body.</param>
/// <param name="DiedAt">When it died, UTC; null where nobody said.</param>
/// <param name="ContentType">What the publisher said the body is.</param>
/// <param name="AppId">The service that published it.</param>
/// <param name="Headers">Every header as text.</param>
/// <param name="Body">The whole body.</param>
internal sealed record DeadLetterDetails(
    string Id,
    string? MessageId,
    string? Type,
    string? Reason,
    int Bytes,
    DateTimeOffset? DiedAt,
    string? ContentType,
    string? AppId,
    IReadOnlyDictionary<string, string> Headers,
    DeadLetterBody Body)
{
    public static DeadLetterDetails Of(DeadLetter letter) => new(
        letter.Id,
        letter.Properties.MessageId,
        letter.Properties.Type,
        DeadLetterHeaders.ReasonOf(letter.Properties.Headers),
        letter.Body.Length,
        DeadLetterHeaders.TimeOf(letter.Properties.Headers),
        letter.Properties.ContentType,
        letter.Properties.AppId,
        DeadLetterHeaders.AsText(letter.Properties.Headers),
        DeadLetterBody.Of(letter.Body.Span));
}
