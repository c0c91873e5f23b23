namespace UserOrder.OrderApi.Orders;

/// <summary>An order.</summary>
/// <param name="OrderId">A UUIDv7: later orders have greater ids.</param>
/// <param name="UserId">Who ordered.</param>
/// <param name="Items">What was ordered.</param>
/// <param name="Total">The sum over the items.</param>
/// <param name="PlacedAt">When, UTC.</param>
public sealed record OrderResponse(Guid OrderId, Guid UserId, IReadOnlyList<OrderItem> Items, decimal Total, DateTimeOffset PlacedAt);

/// <summary>A page of a user's orders in the order of their ids.</summary>
/// <param name="Items">The orders.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last one.</param>
public sealed record OrderPage(IReadOnlyList<OrderResponse> Items, Guid? Next);
