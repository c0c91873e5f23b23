using System.Net;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>OrderApi accepts an order only for a user that it knows or that UserApi confirms.</summary>
public sealed class UnknownUserTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task An_order_for_a_nonexistent_user_gets_422()
    {
        using var response = await PlaceOrderAsync(Guid.CreateVersion7());

        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-user", response);
    }

    [Fact]
    public async Task During_a_UserApi_outage_known_users_can_order_and_unknown_users_get_503()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        var known = await CreateUserAsync();
        await Until.EqualAsync(
            1, "OrderApi knows the user", () => CountAsync(orderdb, "select count(*) from known_users where id = $1", known));

        await Graph.StopAsync("user-api", Cancelled);
        try
        {
            using var accepted = await PlaceOrderAsync(known);
            Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);

            using var refused = await PlaceOrderAsync(Guid.CreateVersion7());
            await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "user-api-unavailable", refused);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }
        finally
        {
            await Graph.StartAsync("user-api", Cancelled);
        }

        await Until.EqualAsync(1, "UserApi counts the order placed meanwhile", () => OrderCountAsync(known));

        // The circuit stays open for a while; the next test needs it closed.
        await Until.EqualAsync(
            HttpStatusCode.UnprocessableEntity,
            "OrderApi asks UserApi again",
            async () =>
            {
                using var response = await PlaceOrderAsync(Guid.CreateVersion7());
                return response.StatusCode;
            });
    }
}
