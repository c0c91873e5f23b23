namespace UserOrder.Messaging.DeadLetters;

/// <summary>A queue and the number of its dead letters.</summary>
/// <param name="Queue">The queue that the messages came from.</param>
/// <param name="Count">The number of dead letters, excluding those that an operation holds at this moment.</param>
internal sealed record DeadLetterCount(string Queue, long Count);

/// <summary>A dead letter in a list.</summary>
/// <param name="Id">A stable id. Copies of one message share it.</param>
/// <param name="MessageId">The id that the publisher gave the message; null if unknown.</param>
/// <param name="Type">The event's type; null if unknown.</param>
/// <param name="Reason">Why the message became a dead letter, in one sentence; null if unknown.</param>
/// <param name="Bytes">The size of the body.</param>
/// <param name="DiedAt">When the message became a dead letter, UTC; null if unknown.</param>
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

/// <summary>A dead letter with all its properties and its whole body.</summary>
/// <param name="Id">A stable id. Copies of one message share it.</param>
/// <param name="MessageId">The id that the publisher gave the message; null if unknown.</param>
/// <param name="Type">The event's type; null if unknown.</param>
/// <param name="Reason">Why the message became a dead letter, in one sentence; null if unknown.</param>
/// <param name="Bytes">The size of the body.</param>
/// <param name="DiedAt">When the message became a dead letter, UTC; null if unknown.</param>
/// <param name="ContentType">The media type of the body, as the publisher declared it.</param>
/// <param name="AppId">The service that published the message.</param>
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
