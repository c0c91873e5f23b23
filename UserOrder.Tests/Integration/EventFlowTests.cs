using System.Net;
using System.Net.Http.Json;
using Npgsql;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Events of both services cross the broker and take effect once.</summary>
public sealed class EventFlowTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task OrderApi_learns_of_a_new_user_and_UserApi_counts_the_order()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        var userId = await CreateUserAsync();
        await Until.EqualAsync(
            1, "OrderApi knows the user", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));

        using var response = await PlaceOrderAsync(userId);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var order = await ReadAsync(response);
        Assert.Equal(2.50m, order.GetProperty("total").GetDecimal());
        await Until.EqualAsync(1, "UserApi counts the order", () => OrderCountAsync(userId));

        using var user = await UserApi.GetAsync($"/v1/users/{userId}", Cancelled);
        Assert.Equal(order.GetProperty("placedAt").GetString(), (await ReadAsync(user)).GetProperty("lastOrderAt").GetString());
    }

    [Fact]
    public async Task OrderApi_asks_UserApi_for_a_user_whose_event_is_late_and_accepts_the_order()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        await using var connection = await orderdb.OpenConnectionAsync(Cancelled);
        await using var pause = await connection.BeginTransactionAsync(Cancelled);

        // The lock on the inbox blocks the consumer.
        await using (var command = new NpgsqlCommand("lock table inbox in exclusive mode", connection, pause))
        {
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        var userId = await CreateUserAsync();
        Assert.Equal(0, await CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));

        using var response = await PlaceOrderAsync(userId);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);

        await pause.RollbackAsync(Cancelled);
        await Until.EqualAsync(1, "UserApi counts the order", () => OrderCountAsync(userId));
    }

    [Fact]
    public async Task A_thousand_concurrent_users_each_arrive_once()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        var userdb = await OpenDatabaseAsync("userdb");
        var channel = await OpenChannelAsync();
        var copies = await channel.CopyEventsAsync("user.created.v1", Cancelled);

        var ids = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => CreateUserAsync()));

        Assert.Equal(1000, ids.Distinct().Count());
        Assert.Equal(1000, await CountAsync(userdb, "select count(*) from users where id = any($1)", ids));
        await Until.EqualAsync(
            1000, "OrderApi knows all of them", () => CountAsync(orderdb, "select count(*) from known_users where id = any($1)", ids));
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(userdb, "select count(*) from outbox"));

        // The broker may deliver an event twice, but with the same id.
        var subjects = ids.Select(id => id.ToString()).ToHashSet();
        var events = new HashSet<Guid>();
        while (await channel.BasicGetAsync(copies, autoAck: true, Cancelled) is { } copy)
        {
            events.UnionWith(TestEvents.EventsIn(copy)
                .Where(envelope => subjects.Contains(envelope.GetProperty("subject").GetString()!))
                .Select(envelope => envelope.GetProperty("id").GetGuid()));
        }

        Assert.Equal(1000, events.Count);
        Assert.Equal(1000, await CountAsync(orderdb, "select count(*) from inbox where event_id = any($1)", events.ToArray()));
    }

    [Fact]
    public async Task Concurrent_requests_with_one_email_create_one_user_and_do_not_affect_others()
    {
        var email = NewEmail();
        var same = Enumerable.Range(0, 20).Select(i => UserApi.PostAsJsonAsync(
            "/v1/users", new { name = "Ada", email = i % 2 == 0 ? email : email.ToUpperInvariant() }, Cancelled)).ToList();
        var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CreateUserAsync()));
        var statuses = (await Task.WhenAll(same)).Select(response => response.StatusCode).ToList();

        Assert.Single(statuses, HttpStatusCode.Created);
        Assert.Equal(19, statuses.Count(status => status == HttpStatusCode.Conflict));
        Assert.Equal(20, others.Distinct().Count());
    }
}
