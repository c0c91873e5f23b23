namespace UserOrder.Tests.History;

/// <summary>An inbox row: the receiver has applied the event about an entity.</summary>
/// <param name="Commit">The number of the transaction.</param>
/// <param name="Kind">What the event is about.</param>
/// <param name="Subject">The id of the entity.</param>
internal sealed record ReceiptRow(long? Commit, EntityKind Kind, Guid Subject) : Effect(Commit)
{
    protected override string Row => $"the event of {Short(Subject)} was received";
}
