namespace UserOrder.Tests.History;

/// <summary>A request for the orders of a user.</summary>
/// <param name="Client">The number of the client.</param>
/// <param name="Start">When it was sent.</param>
/// <param name="End">When it was answered.</param>
/// <param name="Outcome">Done if there was an answer.</param>
/// <param name="UserId">The user.</param>
/// <param name="Orders">The first page of the orders; empty without an answer.</param>
/// <param name="HasMore">Whether there is another page.</param>
internal sealed record OrdersRead(
    int Client, TimeSpan Start, TimeSpan End, Outcome Outcome, Guid UserId, IReadOnlyList<OrderSeen> Orders, bool HasMore)
    : ReadOperation(Client, Start, End, Outcome, UserId)
{
    protected override string Request => $"reads the orders of the user {Short(UserId)}: " + (this switch
    {
        { Outcome: not Outcome.Done } => "no answer",
        { Orders: [] } => "none",
        { Orders: var orders } => string.Join(", ", orders.Select(order => order.Describe())) + (HasMore ? " and more" : ""),
    });
}

/// <summary>An order in an answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Marker">The sku of its first item; empty without items.</param>
/// <param name="IsWhole">Whether it has the user, the items and the total that were requested.</param>
internal sealed record OrderSeen(Guid Id, string Marker, bool IsWhole)
{
    public string Describe() => IsWhole ? Marker : $"{Marker} in part";
}
