namespace Peer.Wolverine.Events;

/// <summary>A user exists from now on.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Name">As it was given.</param>
/// <param name="Email">As it was given.</param>
/// <param name="CreatedAt">When the user was created, UTC.</param>
public sealed record UserCreated(Guid Id, string Name, string Email, DateTimeOffset CreatedAt);
