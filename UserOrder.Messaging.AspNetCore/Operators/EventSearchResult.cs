using System.Text.Json.Serialization;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>Where events are.</summary>
/// <param name="Services">This service, and each other one that was asked.</param>
internal sealed record EventSearchResult(IReadOnlyList<ServiceFindings> Services);

/// <summary>Where events are, as far as one service knows.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Items">The events, the place first that matters most to an operator; none if the service knows none.</param>
/// <param name="Limits">Where the service did not look at everything, and why.</param>
/// <param name="Failure">Why the service gave no answer; null if it gave one.</param>
internal sealed record ServiceFindings(
    string Service, IReadOnlyList<EventFinding> Items, IReadOnlyList<string> Limits, string? Failure);

/// <summary>A place of an event.</summary>
/// <param name="EventId">The event's id; null if unknown.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Explanation">The same in words.</param>
/// <param name="Queue">The queue of the dead letter or of the effect; null in the outbox.</param>
/// <param name="LetterId">The dead letter's id; null in the other places.</param>
internal sealed record EventFinding(string? EventId, EventPlace Place, string Explanation, string? Queue = null, string? LetterId = null);

/// <summary>A place of an event.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventPlace>))]
internal enum EventPlace
{
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
