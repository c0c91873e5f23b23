namespace UserOrder.Tests.History;

/// <summary>A user in OrderApi.</summary>
/// <param name="Commit">The number of the transaction.</param>
/// <param name="Id">The id of the user.</param>
internal sealed record KnownUserRow(long? Commit, Guid Id) : Effect(Commit)
{
    protected override string Row => $"OrderApi knows the user {Short(Id)}";
}
