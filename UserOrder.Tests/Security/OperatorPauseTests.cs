using System.Net;
using System.Text.Json;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Security;

/// <summary>An operator pauses the relay of UserApi, of which a replica without access control runs beside the secured one.</summary>
public sealed class OperatorPauseTests(RunningGraph graph, SecuredFixture fixture)
    : SecuredTest(graph, fixture), IClassFixture<SecuredFixture>
{
    private const string Operator = "an operator";

    [Fact]
    public async Task Requests_get_201_while_the_relay_is_paused_and_health_names_the_operator()
    {
        RequireOwnGraph();
        var orderdb = await OpenDatabaseAsync("orderdb");
        var users = new List<Guid>();
        await SetAsync("pause");
        try
        {
            await WaitForAsync("the open replica is paused", UserApi, token: null);
            await WaitForAsync("the secured replica is paused", Services.UserApi.Api, Issuer.Token(Operator, "admin"));

            users.Add(await CreateUserAsync());
            using var created = await SendAsync(
                "user-api", HttpMethod.Post, "/v1/users", Issuer.Token("somebody", "users:write"), NewUserBody());
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            users.Add((await ReadAsync(created)).GetProperty("id").GetGuid());

            var userdb = await OpenDatabaseAsync("userdb");
            Assert.Equal(2, await CountAsync(userdb, "select count(*) from outbox"));
            Assert.Equal(0, await CountKnownAsync());
        }
        finally
        {
            var resumed = await SetAsync("resume");
            Assert.False(resumed.GetProperty("isPaused").GetBoolean());
        }

        await Until.EqualAsync(2, "both events took effect", CountKnownAsync);

        Task<long> CountKnownAsync() => CountAsync(orderdb, "select count(*) from known_users where id = any($1)", users.ToArray());
    }

    private async Task<JsonElement> SetAsync(string action)
    {
        using var response = await SendAsync(
            "user-api", HttpMethod.Post, $"/admin/relay/{action}", Issuer.Token(Operator, "admin"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var state = await ReadAsync(response);
        Assert.Equal("relay", state.GetProperty("name").GetString());
        Assert.Equal(Operator, state.GetProperty("by").GetString());
        return state;
    }

    private static async Task WaitForAsync(string what, HttpClient api, string? token) => await Until.TrueAsync(
        what,
        async () =>
        {
            using var response = await SecuredServices.SendAsync(api, HttpMethod.Get, "/health", token);
            return (await ReadAsync(response)).GetProperty("checks").GetProperty("outbox").GetProperty("description").GetString()!;
        },
        description => description.Contains($"the relay is paused by {Operator} since ", StringComparison.Ordinal));
}
