using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>
/// An announced event as an entity, so that the context inserts it in the batch and the transaction of its other changes. The other columns
/// of the outbox keep their defaults.
/// </summary>
internal sealed class OutboxEntry
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required byte[] Body { get; init; }

    public required string? TraceParent { get; init; }

    public required string? TraceState { get; init; }

    public static OutboxEntry Of(OutboxMessage message) => new()
    {
        Id = message.Id,
        Type = message.Type,
        Body = message.Body,
        TraceParent = message.TraceParent,
        TraceState = message.TraceState,
    };
}
