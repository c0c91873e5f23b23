using System.Diagnostics;

namespace UserOrder.Tests.Faults;

/// <summary>Measures how long the system takes until everything works again.</summary>
internal sealed class Recovery(FaultySystem system, Client client)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>
    /// Returns when a new user and a new order, taken by each pair of replicas, have taken full effect in the other service, and no replica
    /// leaves that to the other: all of them are healthy and consume.
    /// </summary>
    public async Task<TimeSpan> MeasureAsync()
    {
        var waited = Stopwatch.StartNew();
        await Task.WhenAll(FaultySystem.UserApis.Zip(FaultySystem.OrderApis, ProbeAsync));
        foreach (var service in FaultySystem.Services)
        {
            await Until.EqualAsync("", $"{service} is healthy", () => client.FindUnhealthyChecksAsync(service, Cancelled));
        }

        await using var connection = await system.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        foreach (var queue in Queues.ByType.Values)
        {
            await Until.EqualAsync(2u, $"both replicas consume from {queue}", () => channel.ConsumerCountAsync(queue, Cancelled));
        }

        return waited.Elapsed;
    }

    /// <summary>Waits for a new user of one replica and an order of the other.</summary>
    /// <returns>The user's id.</returns>
    public async Task<Guid> ProbeAsync(string userApi, string orderApi)
    {
        var userId = await Until.TrueAsync(
            $"{userApi} takes a user",
            () => client.SendAsync(system.Ledger.AskForUser(withKey: false), userApi, Cancelled),
            id => id is not null);

        // Before the order, for which a user that is not known would be asked for.
        await Until.EqualAsync(
            1,
            $"OrderApi has heard of {userApi}'s user",
            () => Sql.CountAsync(system.OrderDb, "select count(*) from known_users where id = $1", userId!));

        await Until.TrueAsync(
            $"{orderApi} takes an order",
            () => client.SendAsync(system.Ledger.AskForOrder(userId!.Value, withKey: false), orderApi, Cancelled),
            id => id is not null);
        await Until.TrueAsync(
            $"UserApi has heard of {orderApi}'s order",
            () => Sql.CountAsync(system.UserDb, "select count(*) from order_totals where user_id = $1", userId!),
            count => count == 1);
        return userId!.Value;
    }
}
