namespace UserOrder.Tests.History;

/// <summary>The idempotency key of an entity, which is its marker.</summary>
/// <param name="Commit">The number of the transaction.</param>
/// <param name="Kind">What the request was to store.</param>
/// <param name="Marker">The key.</param>
/// <param name="EntityId">The entity that the first request stored.</param>
internal sealed record KeyRow(long? Commit, EntityKind Kind, string Marker, Guid EntityId) : Effect(Commit)
{
    protected override string Row => $"the key {Marker} of {Short(EntityId)}";
}
