using Microsoft.AspNetCore.Mvc;
using UserOrder.Messaging.DeadLetters;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>The dead letters that a request is about, as <c>[AsParameters]</c>.</summary>
/// <remarks>It has no constructor with parameters, because the request delegate generator cannot bind a nullable text there.</remarks>
internal sealed class DeadLetterQuery
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The ids of dead letters; none for any.</summary>
    [FromQuery(Name = "id")]
    public string[]? Ids { get; init; }

    /// <summary>The exact reason, empty for an unknown one; null for any.</summary>
    public string? Reason { get; init; }

    /// <summary>The exact event type, empty for an unknown one; null for any.</summary>
    public string? Type { get; init; }

    /// <summary>The earliest time of death; null for any.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The time before which the message died; null for any.</summary>
    public DateTimeOffset? Until { get; init; }

    public DeadLetterFilter ToFilter() => new(Ids, Reason, Type, From, Until);
}
