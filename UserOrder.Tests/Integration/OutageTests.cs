using System.Net;
using System.Net.Http.Json;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>What the services do without their broker or their database.</summary>
public sealed class OutageTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task While_the_broker_is_down_users_are_accepted_and_their_events_arrive_later()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        Guid userId;
        await Graph.StopAsync("rabbitmq", Cancelled);
        try
        {
            userId = await CreateUserAsync();
            await Until.EqualAsync("Degraded", "UserApi reports the outage", () => HealthAsync(HttpStatusCode.OK));
        }
        finally
        {
            await Graph.StartAsync("rabbitmq", Cancelled);
        }

        await Until.EqualAsync(1, "the event arrived", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));
        await Until.EqualAsync("Healthy", "UserApi reports the recovery", () => HealthAsync(HttpStatusCode.OK));
    }

    [Fact]
    public async Task While_the_database_is_down_requests_are_asked_to_come_back_and_the_service_recovers_by_itself()
    {
        NeedsTheWholeGraph();
        await Graph.StopAsync("user-postgres", Cancelled);
        try
        {
            using var refused = await UserApi.PostAsJsonAsync("/v1/users", new { name = "Ada", email = NewEmail() }, Cancelled);
            await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable", refused);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal("Unhealthy", await HealthAsync(HttpStatusCode.ServiceUnavailable));

            using var alive = await UserApi.GetAsync("/alive", Cancelled);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }
        finally
        {
            await Graph.StartAsync("user-postgres", Cancelled);
        }

        var userId = await CreateUserAsync();
        using var order = await PlaceOrderAsync(userId);
        Assert.Equal(HttpStatusCode.Created, order.StatusCode);
        await Until.EqualAsync(1, "UserApi counts the order", () => OrderCountAsync(userId));
    }

    private async Task<string?> HealthAsync(HttpStatusCode expected)
    {
        using var response = await UserApi.GetAsync("/health", Cancelled);
        Assert.Equal(expected, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("status").GetString();
    }
}
