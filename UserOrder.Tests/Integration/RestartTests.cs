using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Each service is stopped or killed under load and restarted: each request answered with 201 takes effect once.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class RestartTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task Stops_and_crashes_under_load_lose_and_duplicate_nothing()
    {
        RequireOwnGraph();
        var orderdb = await OpenDatabaseAsync("orderdb");
        var userdb = await OpenDatabaseAsync("userdb");
        var users = new ConcurrentQueue<Guid>();
        var orders = new ConcurrentDictionary<Guid, Guid>();
        using var end = new CancellationTokenSource();
        var traffic = Enumerable.Range(0, 8).Select(_ => Task.Run(() => SendAsync(users, orders, end.Token), Cancelled)).ToList();

        await WaitForTrafficAsync(orders);
        foreach (var service in (string[])["user-api", "order-api"])
        {
            await Graph.StopAsync(service, Cancelled);
            await Graph.StartAsync(service, Cancelled);
            await WaitForTrafficAsync(orders);
            await Graph.KillAsync(service, Cancelled);
            await Graph.StartAsync(service, Cancelled);
            await WaitForTrafficAsync(orders);
        }

        await end.CancelAsync();
        await Task.WhenAll(traffic);

        var userIds = users.ToArray();
        var orderIds = orders.Keys.ToArray();
        Assert.Equal(userIds.Length, await CountAsync(userdb, "select count(*) from users where id = any($1)", userIds));
        Assert.Equal(orderIds.Length, await CountAsync(orderdb, "select count(*) from orders where id = any($1)", orderIds));
        await Until.EqualAsync(
            userIds.Length,
            "OrderApi knows every user",
            () => CountAsync(orderdb, "select count(*) from known_users where id = any($1)", userIds));
        await Until.EqualAsync(0, "UserApi's outbox is empty", () => CountAsync(userdb, "select count(*) from outbox"));
        await Until.EqualAsync(0, "OrderApi's outbox is empty", () => CountAsync(orderdb, "select count(*) from outbox"));

        // Every stored order is counted once, even if its answer was lost.
        var stored = await CountAsync(orderdb, "select count(*) from orders where user_id = any($1)", userIds);
        await Until.EqualAsync(
            stored,
            "UserApi counts every order once",
            () => CountAsync(userdb, "select coalesce(sum(order_count), 0)::bigint from order_totals where user_id = any($1)", userIds));
    }

    private static async Task WaitForTrafficAsync(ConcurrentDictionary<Guid, Guid> orders)
    {
        var before = orders.Count;
        await Until.TrueAsync("traffic flows", () => Task.FromResult(orders.Count), count => count > before + 50);
    }

    /// <summary>One client that creates users and places an order for each, and continues after errors.</summary>
    private async Task SendAsync(ConcurrentQueue<Guid> users, ConcurrentDictionary<Guid, Guid> orders, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var created = await UserApi.PostAsJsonAsync("/v1/users", new { name = "Ada", email = NewEmail() }, Cancelled);
                if (created.StatusCode != HttpStatusCode.Created)
                {
                    continue;
                }

                var userId = (await ReadAsync(created)).GetProperty("id").GetGuid();
                users.Enqueue(userId);
                using var placed = await PlaceOrderAsync(userId);
                if (placed.StatusCode == HttpStatusCode.Created)
                {
                    orders[(await ReadAsync(placed)).GetProperty("orderId").GetGuid()] = userId;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
            {
                // The service is down; without a 201 it owes the client nothing.
            }
        }
    }
}
