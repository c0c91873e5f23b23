namespace UserOrder.Tests.History;

/// <summary>A request to store a user or an order.</summary>
/// <param name="Client">The number of the client.</param>
/// <param name="Start">When it was sent.</param>
/// <param name="End">When it was answered.</param>
/// <param name="Outcome">What the client knows about it.</param>
/// <param name="Kind">What to store.</param>
/// <param name="Marker">The part of the entity that identifies it: the email of a user or the sku of an order.</param>
/// <param name="UserId">The user of an order; null for a user.</param>
/// <param name="AnsweredId">The id in the answer; null without it.</param>
internal sealed record WriteOperation(
    int Client, TimeSpan Start, TimeSpan End, Outcome Outcome, EntityKind Kind, string Marker, Guid? UserId, Guid? AnsweredId)
    : Operation(Client, Start, End, Outcome)
{
    protected override string Request => Kind == EntityKind.User
        ? $"creates the user {Marker}: {Answer}"
        : $"places the order {Marker} of the user {Short(UserId!.Value)}: {Answer}";

    private string Answer => Outcome switch
    {
        Outcome.Done => $"done as {Short(AnsweredId!.Value)}",
        Outcome.Refused => "refused",
        _ => "no answer that decides it",
    };
}
