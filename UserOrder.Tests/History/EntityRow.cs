namespace UserOrder.Tests.History;

/// <summary>A user in UserApi, or an order in OrderApi.</summary>
/// <param name="Commit">The number of the transaction.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Marker">The email of a user or the sku of an order.</param>
/// <param name="Id">Its id.</param>
/// <param name="UserId">The user of an order; null for a user.</param>
/// <param name="IsWhole">Whether all its parts are as requested.</param>
internal sealed record EntityRow(long? Commit, EntityKind Kind, string Marker, Guid Id, Guid? UserId, bool IsWhole) : Effect(Commit)
{
    protected override string Row => Kind == EntityKind.User
        ? $"the user {Marker} as {Short(Id)}"
        : $"the order {Marker} of the user {Short(UserId!.Value)} as {Short(Id)}{(IsWhole ? "" : ", in part")}";
}
