using UserOrder.ApiDefaults.Limits;
using UserOrder.Messaging.Idempotency;
using UserOrder.OrderApi.KnownUsers;

namespace UserOrder.OrderApi.Orders;

/// <summary>The outcome of placing an order.</summary>
internal enum PlacementOutcome
{
    /// <summary>The order is placed.</summary>
    Placed,

    /// <summary>There is no such user.</summary>
    UnknownUser,

    /// <summary>UserApi did not answer whether the user exists.</summary>
    UserUnavailable,

    /// <summary>The caller has orders placed for too many users whom only UserApi knows.</summary>
    TooManyLookups,

    /// <summary>Another request has stored the idempotency key.</summary>
    KeyTaken,
}

/// <summary>Places an order for a user that this service or UserApi knows.</summary>
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
            _ => throw new InvalidOperationException($"The user {order.UserId} is unknown right after it was added."),
        };
    }
}
