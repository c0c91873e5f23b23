namespace UserOrder.UserApi.Users;

/// <summary>A user.</summary>
/// <param name="Id">A UUIDv7: later users have greater ids.</param>
/// <param name="Name">As in the request.</param>
/// <param name="Email">As in the request.</param>
/// <param name="CreatedAt">When the user was created, UTC.</param>
public sealed record UserResponse(Guid Id, string Name, string Email, DateTimeOffset CreatedAt);

/// <summary>A user with their orders, as far as the events have arrived.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Name">As in the request.</param>
/// <param name="Email">As in the request.</param>
/// <param name="CreatedAt">When the user was created, UTC.</param>
/// <param name="OrderCount">The number of orders that the user has placed.</param>
/// <param name="LastOrderAt">When the last order was placed, UTC; null before the first.</param>
public sealed record UserDetails(
    Guid Id, string Name, string Email, DateTimeOffset CreatedAt, long OrderCount, DateTimeOffset? LastOrderAt);

/// <summary>A page of users in the order of their ids.</summary>
/// <param name="Items">The users.</param>
/// <param name="Next">The value of <c>after</c> for the next page; null on the last page.</param>
/// <param name="Resume">
/// The value of <c>after</c> for a later poll: a minute before the last entry, because an entry may appear after later ones. It then lists
/// entries of that minute again. Without an entry, it is the request's <c>after</c>.
/// </param>
public sealed record UserPage(IReadOnlyList<UserResponse> Items, Guid? Next, Guid? Resume);
