namespace UserOrder.Tests.Faults;

/// <summary>Checks that a system works: it creates a user and an order, and waits for the effects of their events.</summary>
internal sealed class Probe(IAuditedSystem system, Client client)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Creates a user through one replica and an order through another, and waits for both effects.</summary>
    /// <returns>The user's id.</returns>
    public async Task<Guid> RunAsync(string userApi, string orderApi)
    {
        var userId = await Until.TrueAsync(
            $"{userApi} accepts a user",
            () => client.SendAsync(system.Ledger.AskForUser(withKey: false), userApi, Cancelled),
            id => id is not null);

        // OrderApi must know the user before the order; otherwise it would ask UserApi.
        await Until.EqualAsync(
            1,
            $"OrderApi knows the user of {userApi}",
            () => Sql.CountAsync(system.OrderDb, "select count(*) from known_users where id = $1", userId!));

        await Until.TrueAsync(
            $"{orderApi} accepts an order",
            () => client.SendAsync(system.Ledger.AskForOrder(userId!.Value, withKey: false), orderApi, Cancelled),
            id => id is not null);
        await Until.TrueAsync(
            $"UserApi counts the order of {orderApi}",
            () => Sql.CountAsync(system.UserDb, "select count(*) from order_totals where user_id = $1", userId!),
            count => count == 1);
        return userId!.Value;
    }
}
