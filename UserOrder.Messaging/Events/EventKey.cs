using System.Text.RegularExpressions;

namespace UserOrder.Messaging.Events;

/// <summary>What an operator knows of an event: its id, its subject or the id of its trace.</summary>
/// <param name="text">A UUID with hyphens is an id or a subject, 32 hexadecimal digits are a trace id, any other text is a subject.</param>
internal sealed partial class EventKey(string text)
{
    /// <summary>The subject.</summary>
    public string Subject => text;

    /// <summary>The id of an event or an entity; null if the text is none.</summary>
    public Guid? Id { get; } = Guid.TryParseExact(text, "D", out var id) ? id : null;

    /// <summary>The id of a trace in lower case; null if the text is none.</summary>
    public string? TraceId { get; } = Trace.IsMatch(text) ? text.ToLowerInvariant() : null;

    /// <summary>
    /// The smallest id of an event about the entity, which is no older than the entity; zeros if the text is no id with a time.
    /// </summary>
    public Guid First => Id is { Version: 7 } known ? TimeOrderedId.OneMinuteBefore(known) : Guid.Empty;

    [GeneratedRegex("^[0-9a-fA-F]{32}$")]
    private static partial Regex Trace { get; }
}
