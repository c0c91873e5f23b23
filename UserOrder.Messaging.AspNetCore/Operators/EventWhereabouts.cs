using System.Text.Json.Serialization;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>Where an event is, as far as this service knows.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="CreatedAt">The time in the id, UTC; null if the id has none.</param>
/// <param name="Place">The place that matters most to an operator.</param>
/// <param name="Explanation">The same in words.</param>
/// <param name="Outbox">The event in this service's outbox; null if it is not there.</param>
/// <param name="Applied">Each queue from which the event took effect in this service.</param>
/// <param name="DeadLetters">Each queue of this service, and whether the event is among its dead letters.</param>
internal sealed record EventWhereabouts(
    Guid Id,
    DateTimeOffset? CreatedAt,
    EventPlace Place,
    string Explanation,
    WaitingEvent? Outbox,
    IReadOnlyList<AppliedEvent> Applied,
    IReadOnlyList<DeadLetterSearch> DeadLetters);

/// <summary>A place of an event.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventPlace>))]
internal enum EventPlace
{
    /// <summary>This service knows nothing of it.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>It took effect in this service.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied,

    /// <summary>It waits for the broker's confirm.</summary>
    [JsonStringEnumMemberName("outbox")]
    Outbox,

    /// <summary>It waits for an operator.</summary>
    [JsonStringEnumMemberName("dead-letter")]
    DeadLetter,
}

/// <summary>An event in the outbox.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Attempts">The number of failed attempts to publish it.</param>
internal sealed record WaitingEvent(string Type, int Attempts);

/// <summary>An effect of an event.</summary>
/// <param name="Queue">The queue that delivered the event.</param>
/// <param name="AppliedAt">When the effect was committed, UTC.</param>
internal sealed record AppliedEvent(string Queue, DateTimeOffset AppliedAt);

/// <summary>A search in the dead letters of a queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="LetterId">The dead letter's id; null if the event was not found.</param>
/// <param name="Reason">Why the event became a dead letter; null if unknown.</param>
/// <param name="DiedAt">When it became one, UTC; null if unknown.</param>
/// <param name="IsComplete">False if not all dead letters were looked at.</param>
/// <param name="Limit">Why not all were looked at; null if they were.</param>
internal sealed record DeadLetterSearch(
    string Queue, string? LetterId, string? Reason, DateTimeOffset? DiedAt, bool IsComplete, string? Limit);
