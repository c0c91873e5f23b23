using UserOrder.ApiDefaults.Limits;
using UserOrder.Messaging.Idempotency;
using UserOrder.OrderApi.KnownUsers;

namespace UserOrder.OrderApi.Orders;

/// <summary>What became of the wish to place an order.</summary>
internal enum PlacementOutcome
{
    /// <summary>The order is placed.</summary>
    Placed,

    /// <summary>There is no such user.</summary>
    UnknownUser,

    /// <summary>Whether the user exists could not be found out.</summary>
    UserUnavailable,

    /// <summary>The caller has orders placed for too many users whom only UserApi knows.</summary>
    TooManyLookups,

    /// <summary>Another request has stored the idempotency key.</summary>
    KeyTaken,
}

/// <summary>Places an order for a user who is known here, or whom UserApi knows when it is asked.</summary>
internal sealed class OrderPlacement(OrderStore orders, KnownUserStore knownUsers, UserApiClient userApi, CallerRateLimiter lookups)
{
    public async Task<PlacementOutcome> PlaceAsync(
        OrderResponse order, IdempotencyKey? key, HttpContext caller, CancellationToken cancellationToken)
    {
        var addition = await orders.AddAsync(order, key, cancellationToken);
        if (addition == OrderAddition.UnknownUser)
        {
            if (!lookups.TryAcquire(caller))
            {
                return PlacementOutcome.TooManyLookups;
            }

            switch (await userApi.FindAsync(order.UserId, cancellationToken))
            {
                case UserLookup.NotFound:
                    return PlacementOutcome.UnknownUser;
                case UserLookup.Refused or UserLookup.Unavailable:
                    return PlacementOutcome.UserUnavailable;
            }

            await knownUsers.AddAsync(order.UserId, cancellationToken);
            addition = await orders.AddAsync(order, key, cancellationToken);
        }

        return addition switch
        {
            OrderAddition.Added => PlacementOutcome.Placed,
            OrderAddition.KeyTaken => PlacementOutcome.KeyTaken,
            _ => throw new InvalidOperationException($"The user {order.UserId} was made known, and is not."),
        };
    }
}
