using System.Diagnostics;

namespace UserOrder.Tests.Faults;

/// <summary>Measures the time to full recovery.</summary>
internal sealed class Recovery(FaultySystem system, Client client)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>
    /// Waits until each pair of replicas has accepted a user and an order, both have taken effect in the other service, and every replica
    /// is healthy and consumes.
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

    /// <summary>Creates a user through one replica and an order through another, and waits for both effects.</summary>
    /// <returns>The user's id.</returns>
    public async Task<Guid> ProbeAsync(string userApi, string orderApi)
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
