namespace UserOrder.OrderApi.Orders;

/// <summary>An order.</summary>
/// <param name="OrderId">A UUIDv7: later orders have greater ids.</param>
/// <param name="UserId">The user who ordered.</param>
/// <param name="Items">The ordered items.</param>
/// <param name="Total">The sum of all items.</param>
/// <param name="PlacedAt">When the order was placed, UTC.</param>
public sealed record OrderResponse(Guid OrderId, Guid UserId, IReadOnlyList<OrderItem> Items, decimal Total, DateTimeOffset PlacedAt);

/// <summary>A page of a user's orders in the order of their ids.</summary>
/// <param name="Items">The orders.</param>
/// <param name="Next">The value of <c>after</c> for the next page; null on the last page.</param>
/// <param name="Resume">
/// The value of <c>after</c> for a later poll: a minute before the last entry, because an entry may appear after later ones. It then lists
/// entries of that minute again. Without an entry, it is the request's <c>after</c>.
/// </param>
public sealed record OrderPage(IReadOnlyList<OrderResponse> Items, Guid? Next, Guid? Resume);
