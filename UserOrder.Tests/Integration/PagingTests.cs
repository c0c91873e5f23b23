using System.Net;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

public sealed class PagingTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task Pages_of_users_show_each_user_once_in_order()
    {
        var first = await CreateUserAsync();
        var created = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            created.Add(await CreateUserAsync());
        }

        var seen = await ReadPagesAsync(UserApi, "/v1/users?limit=2", "id", first);

        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Equal(created, seen.Where(created.Contains));
    }

    [Fact]
    public async Task Pages_of_orders_show_each_order_of_the_user_once_in_order_and_no_other()
    {
        var userId = await CreateUserAsync();
        using var other = await PlaceOrderAsync(await CreateUserAsync());
        var placed = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await PlaceOrderAsync(userId);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            placed.Add((await ReadAsync(response)).GetProperty("orderId").GetGuid());
        }

        Assert.Equal(placed, await ReadPagesAsync(OrderApi, $"/v1/orders?userId={userId}&limit=2", "orderId", Guid.Empty));
    }

    private static async Task<List<Guid>> ReadPagesAsync(HttpClient api, string path, string id, Guid after)
    {
        var seen = new List<Guid>();
        for (Guid? next = after; next is not null;)
        {
            using var response = await api.GetAsync($"{path}&after={next}", Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var page = await ReadAsync(response);
            var items = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(id).GetGuid()).ToList();
            Assert.InRange(items.Count, 0, 2);
            seen.AddRange(items);
            next = page.GetProperty("next").ValueKind == System.Text.Json.JsonValueKind.Null ? null : page.GetProperty("next").GetGuid();
        }

        return seen;
    }
}
