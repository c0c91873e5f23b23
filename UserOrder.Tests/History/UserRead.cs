namespace UserOrder.Tests.History;

/// <summary>A request for a user with the number of their orders.</summary>
/// <param name="Client">The number of the client.</param>
/// <param name="Start">When it was sent.</param>
/// <param name="End">When it was answered.</param>
/// <param name="Outcome">Done for a user and for the answer that there is none.</param>
/// <param name="UserId">The id that the client asked for.</param>
/// <param name="Found">The user; null if there is none, or without an answer.</param>
internal sealed record UserRead(int Client, TimeSpan Start, TimeSpan End, Outcome Outcome, Guid UserId, UserSeen? Found)
    : ReadOperation(Client, Start, End, Outcome, UserId)
{
    protected override string Request => $"reads the user {Short(UserId)}: " + (this switch
    {
        { Outcome: not Outcome.Done } => "no answer",
        { Found: null } => "not found",
        { Found: var found } => $"{found.Marker} with {found.OrderCount} orders",
    });
}

/// <summary>A user in an answer.</summary>
/// <param name="Marker">The email.</param>
/// <param name="OrderCount">The number of counted orders.</param>
internal sealed record UserSeen(string Marker, long OrderCount);
