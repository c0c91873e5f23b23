namespace UserOrder.Tests.History;

/// <summary>The number of a user's orders in UserApi.</summary>
/// <param name="Commit">The number of the transaction that counted the last one.</param>
/// <param name="UserId">The user.</param>
/// <param name="Count">How many orders it has counted.</param>
internal sealed record TotalRow(long? Commit, Guid UserId, long Count) : Effect(Commit)
{
    protected override string Row => $"UserApi has counted {Count} orders of the user {Short(UserId)}";
}
