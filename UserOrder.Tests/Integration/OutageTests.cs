using System.Net;
using System.Net.Http.Json;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>The services during outages of the broker, a database or the other service.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class OutageTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task Users_are_accepted_during_a_broker_outage_and_their_events_arrive_later()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        Guid userId;
        await Graph.StopAsync("rabbitmq", Cancelled);
        try
        {
            userId = await CreateUserAsync();
            await Until.EqualAsync("Degraded", "UserApi reports the outage", HealthAsync);
        }
        finally
        {
            await Graph.StartAsync("rabbitmq", Cancelled);
        }

        await Until.EqualAsync(1, "the event arrived", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", userId));
        await Until.EqualAsync("Healthy", "UserApi reports the recovery", HealthAsync);
    }

    [Fact]
    public async Task Requests_get_503_with_Retry_After_during_a_database_outage_and_the_service_recovers()
    {
        RequireOwnGraph();
        await Graph.StopAsync("user-postgres", Cancelled);
        try
        {
            using var refused = await UserApi.PostAsJsonAsync("/v1/users", new { name = "Ada", email = NewEmail() }, Cancelled);
            await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable", refused);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            await Until.EqualAsync("Unhealthy", "UserApi reports the outage", HealthAsync);

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

    [Fact]
    public async Task Circuits_open_during_an_outage_and_close_after_it_as_health_shows()
    {
        var channel = await OpenChannelAsync();
        var userId = await CreateUserAsync();
        await Graph.StopAsync("user-postgres", Cancelled);
        try
        {
            await channel.PublishEventAsync("order.placed.v1", TestEvents.OrderPlaced(Guid.CreateVersion7(), userId), Cancelled);
            await Until.TrueAsync(
                "the consumer's circuit opens",
                () => DescriptionAsync(UserApi, "circuits"),
                text => text.Contains("consumer-database open", StringComparison.Ordinal));
        }
        finally
        {
            await Graph.StartAsync("user-postgres", Cancelled);
        }

        await Until.EqualAsync(1, "the event takes effect", () => OrderCountAsync(userId));

        // No request came during the outage, and the first one after it does not meet a connection of before.
        await CreateUserAsync();
        await Graph.StopAsync("rabbitmq", Cancelled);
        try
        {
            await Until.TrueAsync(
                "the relay's circuit opens",
                () => DescriptionAsync(UserApi, "circuits"),
                text => text.StartsWith("relay-broker open", StringComparison.Ordinal));
        }
        finally
        {
            await Graph.StartAsync("rabbitmq", Cancelled);
        }

        await Until.EqualAsync(
            "relay-broker closed, consumer-database closed", "the circuits close", () => DescriptionAsync(UserApi, "circuits"));
    }

    [Fact]
    public async Task A_UserApi_outage_opens_its_circuit_and_known_users_can_still_order()
    {
        RequireOwnGraph();
        var known = await CreateUserAsync();
        using var first = await PlaceOrderAsync(known);
        await Graph.StopAsync("user-api", Cancelled);
        try
        {
            await Until.TrueAsync(
                "the circuit opens",
                async () =>
                {
                    using var refused = await PlaceOrderAsync(Guid.CreateVersion7());
                    await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "user-api-unavailable", refused);
                    return await DescriptionAsync(OrderApi, "http-circuits");
                },
                text => text.StartsWith("open: user-api", StringComparison.Ordinal));
            using var placed = await PlaceOrderAsync(known);
            Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        }
        finally
        {
            await Graph.StartAsync("user-api", Cancelled);
        }

        await Until.TrueAsync(
            "the circuit closes",
            async () =>
            {
                using var answer = await PlaceOrderAsync(Guid.CreateVersion7());
                return answer.StatusCode;
            },
            status => status == HttpStatusCode.UnprocessableEntity);
        await Until.EqualAsync("all closed", "the health shows it", () => DescriptionAsync(OrderApi, "http-circuits"));
    }

    private static async Task<string> DescriptionAsync(HttpClient service, string check)
    {
        using var response = await service.GetAsync("/health", Cancelled);
        return (await ReadAsync(response)).GetProperty("checks").GetProperty(check).GetProperty("description").GetString()!;
    }

    private async Task<string?> HealthAsync()
    {
        using var response = await UserApi.GetAsync("/health", Cancelled);
        var status = (await ReadAsync(response)).GetProperty("status").GetString();
        Assert.Equal(status == "Unhealthy" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, response.StatusCode);
        return status;
    }
}
