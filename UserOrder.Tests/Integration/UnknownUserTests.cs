using System.Net;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Security;
using UserOrder.Tests.ServiceDefaults;

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

    [Fact]
    public async Task Another_server_at_the_address_of_UserApi_decides_nothing()
    {
        RequireOwnGraph();
        var orderdb = await OpenDatabaseAsync("orderdb");
        await using var other = await AnsweringServer.StartAsync(AnsweringServer.Text(200, "text/html", "<html>Sign in</html>"));
        await using var service = await ServiceUnderTest.StartAsync(
            "order-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("Security__Open", "true"),
                ("services__user-api__http__0", other.Url.AbsoluteUri),
            ]);
        var user = Guid.CreateVersion7();

        await AssertUnavailableAsync();
        other.Answer = AnsweringServer.Text(302, null, "", ("Location", $"{Graph.GetUrl("user-api")}v1/users/{user}"));
        await AssertUnavailableAsync();
        other.Answer = async context =>
        {
            // OrderApi itself, which answers 404 to the address of a user.
            using var answer = await service.Api.GetAsync(context.Request.Path, Cancelled);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            var body = await answer.Content.ReadAsStringAsync(Cancelled);
            await AnsweringServer.Text(404, $"{answer.Content.Headers.ContentType}", body)(context);
        };
        await AssertUnavailableAsync();
        Assert.Equal(0, await CountAsync(orderdb, "select count(*) from known_users where id = $1", user));

        async Task AssertUnavailableAsync()
        {
            var before = other.Requests;
            using var refused = await SecuredServices.SendAsync(
                service.Api, HttpMethod.Post, "/v1/orders", token: null, $$"""{"userId":"{{user}}"}""");
            await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "user-api-unavailable", refused);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.NotEqual(before, other.Requests);
        }
    }
}
