using UserOrder.OrderApi.KnownUsers;

namespace UserOrder.OrderApi.Orders;

/// <summary>Places an order for a user who is known here, or whom UserApi knows when it is asked.</summary>
internal sealed class OrderPlacement(OrderStore orders, KnownUserStore knownUsers, UserApiClient userApi)
{
    /// <returns><see cref="UserLookup.Found"/> where the order was placed, else why it was not.</returns>
    public async Task<UserLookup> PlaceAsync(OrderResponse order, CancellationToken cancellationToken)
    {
        if (await orders.AddAsync(order, cancellationToken))
        {
            return UserLookup.Found;
        }

        var lookup = await userApi.FindAsync(order.UserId, cancellationToken);
        if (lookup != UserLookup.Found)
        {
            return lookup;
        }

        await knownUsers.AddAsync(order.UserId, cancellationToken);
        return await orders.AddAsync(order, cancellationToken)
            ? UserLookup.Found
            : throw new InvalidOperationException($"The user {order.UserId} was made known, and is not.");
    }
}
