namespace UserOrder.Messaging.DeadLetters;

/// <summary>A queue and the number of its dead letters.</summary>
/// <param name="Queue">The queue that the messages came from.</param>
/// <param name="Count">The number of dead letters, excluding those that an operation holds at this moment.</param>
internal sealed record DeadLetterCount(string Queue, long Count);

/// <summary>The oldest dead letters of a queue, or those that the request asks for.</summary>
/// <param name="Items">The dead letters, the oldest first.</param>
/// <param name="Matching">The number of dead letters that the request asks for, including those beyond its limit.</param>
/// <param name="IsComplete">False if the request looked at the 10,000 oldest dead letters only, and the queue has more.</param>
internal sealed record DeadLetterPage(IReadOnlyList<DeadLetterSummary> Items, long Matching, bool IsComplete);

/// <summary>A dead letter in a list.</summary>
/// <param name="Id">A stable id. Copies of one message share it.</param>
/// <param name="MessageId">The id that the publisher gave the message; null if unknown.</param>
/// <param name="Type">The event's type; null if unknown.</param>
/// <param name="Subject">The entity that the event is about; null if unknown.</param>
/// <param name="Reason">Why the message became a dead letter, in one sentence; null if unknown.</param>
/// <param name="Bytes">The size of the body.</param>
/// <param name="DiedAt">When the message became a dead letter, UTC; null if unknown.</param>
/// <param name="Attempts">How often the handler failed for the event; zero if it was never called, or unknown.</param>
/// <param name="TraceId">The trace that caused the event, 32 hexadecimal digits; null if unknown.</param>
/// <param name="Body">The first 4 KiB of the body.</param>
internal sealed record DeadLetterSummary(
    string Id,
    string? MessageId,
    string? Type,
    string? Subject,
    string? Reason,
    int Bytes,
    DateTimeOffset? DiedAt,
    long Attempts,
    string? TraceId,
    DeadLetterBody Body)
{
    private const int MaxBodyBytes = 4 * 1024;

    public static DeadLetterSummary Of(DeadLetter letter) => new(
        letter.Id,
        letter.Properties.MessageId,
        letter.Type,
        letter.Subject,
        letter.Reason,
        letter.Body.Length,
        letter.DiedAt,
        DeadLetterHeaders.AttemptsOf(letter.Properties.Headers),
        letter.TraceId,
        DeadLetterBody.Of(letter.Body.Span, MaxBodyBytes));
}

/// <summary>A dead letter with all its properties and its whole body.</summary>
/// <param name="Id">A stable id. Copies of one message share it.</param>
/// <param name="MessageId">The id that the publisher gave the message; null if unknown.</param>
/// <param name="Type">The event's type; null if unknown.</param>
/// <param name="Subject">The entity that the event is about; null if unknown.</param>
/// <param name="Reason">Why the message became a dead letter, in one sentence; null if unknown.</param>
/// <param name="Bytes">The size of the body.</param>
/// <param name="DiedAt">When the message became a dead letter, UTC; null if unknown.</param>
/// <param name="Attempts">How often the handler failed for the event; zero if it was never called, or unknown.</param>
/// <param name="TraceId">The trace that caused the event, 32 hexadecimal digits; null if unknown.</param>
/// <param name="ContentType">The media type of the body, as the publisher declared it.</param>
/// <param name="AppId">The service that published the message.</param>
/// <param name="Headers">Every header as text.</param>
/// <param name="Body">The whole body.</param>
internal sealed record DeadLetterDetails(
    string Id,
    string? MessageId,
    string? Type,
    string? Subject,
    string? Reason,
    int Bytes,
    DateTimeOffset? DiedAt,
    long Attempts,
    string? TraceId,
    string? ContentType,
    string? AppId,
    IReadOnlyDictionary<string, string> Headers,
    DeadLetterBody Body)
{
    public static DeadLetterDetails Of(DeadLetter letter) => new(
        letter.Id,
        letter.Properties.MessageId,
        letter.Type,
        letter.Subject,
        letter.Reason,
        letter.Body.Length,
        letter.DiedAt,
        DeadLetterHeaders.AttemptsOf(letter.Properties.Headers),
        letter.TraceId,
        letter.Properties.ContentType,
        letter.Properties.AppId,
        DeadLetterHeaders.AsText(letter.Properties.Headers),
        DeadLetterBody.Of(letter.Body.Span));
}
