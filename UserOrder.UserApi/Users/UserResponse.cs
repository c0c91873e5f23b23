namespace UserOrder.UserApi.Users;

/// <summary>A user.</summary>
/// <param name="Id">A UUIDv7: later users have greater ids.</param>
/// <param name="Name">As it was given.</param>
/// <param name="Email">As it was given.</param>
/// <param name="CreatedAt">When the user was created, UTC.</param>
public sealed record UserResponse(Guid Id, string Name, string Email, DateTimeOffset CreatedAt);

/// <summary>A user with what the service has heard of their orders.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Name">As it was given.</param>
/// <param name="Email">As it was given.</param>
/// <param name="CreatedAt">When the user was created, UTC.</param>
/// <param name="OrderCount">How many orders the user has placed.</param>
/// <param name="LastOrderAt">When the last of them was placed, UTC; null before the first.</param>
public sealed record UserDetails(Guid Id, string Name, string Email, DateTimeOffset CreatedAt, long OrderCount, DateTimeOffset? LastOrderAt);

/// <summary>A page of users in the order of their ids.</summary>
/// <param name="Items">The users.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last one.</param>
public sealed record UserPage(IReadOnlyList<UserResponse> Items, Guid? Next);
