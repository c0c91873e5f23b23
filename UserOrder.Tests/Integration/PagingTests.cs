using System.Net;
using System.Text.Json;
using Npgsql;
using UserOrder.Messaging.Events;
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
            placed.Add(await PlacedOrderAsync(userId));
        }

        Assert.Equal(placed, await ReadPagesAsync(OrderApi, $"/v1/orders?userId={userId}&limit=2", "orderId", Guid.Empty));
    }

    /// <summary>Another replica creates the smaller id, but its commit comes after a client has listed the greater one.</summary>
    [Theory]
    [InlineData("user-api")]
    [InlineData("order-api")]
    public async Task A_poll_that_resumes_sees_an_entry_whose_commit_came_late(string service)
    {
        var user = await CreateUserAsync();
        var ofUsers = service == "user-api";
        var (api, path) = ofUsers ? (UserApi, "/v1/users?") : (OrderApi, $"/v1/orders?userId={user}&");
        var database = await OpenDatabaseAsync(ofUsers ? "userdb" : "orderdb");
        var late = TimeOrderedId.New(DateTimeOffset.UtcNow);
        await using var rival = await database.OpenConnectionAsync(Cancelled);
        await using var commit = await rival.BeginTransactionAsync(Cancelled);
        await using (var insert = new NpgsqlCommand(
            ofUsers
                ? "insert into users (id, name, email, email_key, created_at) values ($1, 'Late', $2::text, $2::text, now())"
                : "insert into orders (id, user_id, items, total, placed_at) values ($1, $2::uuid, '[]', 0, now())",
            rival,
            commit)
        {
            Parameters = { new() { Value = late }, new() { Value = ofUsers ? NewEmail() : $"{user}" } },
        })
        {
            await insert.ExecuteNonQueryAsync(Cancelled);
        }

        var early = ofUsers ? await CreateUserAsync() : await PlacedOrderAsync(user);
        var (seen, resume) = await PollAsync(api, path, user);
        Assert.Contains(early, seen);
        Assert.DoesNotContain(late, seen);

        await commit.CommitAsync(Cancelled);
        var (lost, _) = await PollAsync(api, path, early);
        Assert.DoesNotContain(late, lost);

        var (resumed, next) = await PollAsync(api, path, resume);
        Assert.Contains(late, resumed);
        Assert.Contains(early, resumed);
        Assert.Equal(resume, next);
        Assert.True(late.CompareTo(early) < 0 && resume.CompareTo(late) < 0, $"{resume} {late} {early}");
    }

    [Fact]
    public async Task A_poll_without_entries_resumes_where_it_began()
    {
        var last = new Guid("ffffffff-ffff-7fff-bfff-ffffffffffff");
        using var users = await UserApi.GetAsync($"/v1/users?after={last}", Cancelled);
        using var orders = await OrderApi.GetAsync($"/v1/orders?userId={Guid.CreateVersion7()}", Cancelled);

        Assert.Equal(last, (await ReadAsync(users)).GetProperty("resume").GetGuid());
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(orders)).GetProperty("resume").ValueKind);
    }

    /// <summary>Reads all pages; returns the ids and where the next poll begins.</summary>
    private static async Task<(List<Guid> Ids, Guid Resume)> PollAsync(HttpClient api, string path, Guid after)
    {
        var ids = new List<Guid>();
        var resume = after;
        for (Guid? next = after; next is not null;)
        {
            using var response = await api.GetAsync($"{path}limit=100&after={next}", Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var page = await ReadAsync(response);
            ids.AddRange(page.GetProperty("items").EnumerateArray()
                .Select(item => (item.TryGetProperty("orderId", out var id) ? id : item.GetProperty("id")).GetGuid()));
            next = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetGuid();
            resume = page.GetProperty("resume").GetGuid();
        }

        return (ids, resume);
    }

    private async Task<Guid> PlacedOrderAsync(Guid userId)
    {
        using var response = await PlaceOrderAsync(userId);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("orderId").GetGuid();
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
            next = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetGuid();
        }

        return seen;
    }
}
