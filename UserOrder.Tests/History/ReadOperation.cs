namespace UserOrder.Tests.History;

/// <summary>A client's request for what is stored about a user.</summary>
/// <param name="Client">The number of the client.</param>
/// <param name="Start">When it was sent.</param>
/// <param name="End">When it was answered.</param>
/// <param name="Outcome">Done if the service has answered what it has or has not.</param>
/// <param name="UserId">The user.</param>
internal abstract record ReadOperation(int Client, TimeSpan Start, TimeSpan End, Outcome Outcome, Guid UserId)
    : Operation(Client, Start, End, Outcome)
{
    /// <summary>Whether a failover took place meanwhile, which may lose what the read returned unless it was answered with 201.</summary>
    public bool IsProvisional { get; init; }
}
