using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>The graph of <c>run.sh --secure</c> and the requests of its printed commands.</summary>
public sealed class SecureRunTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task A_secure_local_run_requires_tokens_and_issues_them()
    {
        RequireOwnGraph();
        await using var secured = await LocalGraph.StartAsync(new GraphOptions { Arguments = ["--secure"] }, Cancelled);
        using var users = new HttpClient { BaseAddress = secured.GetUrl("user-api") };
        using var orders = new HttpClient { BaseAddress = secured.GetUrl("order-api") };

        using var refused = await SecuredServices.SendAsync(users, HttpMethod.Get, "/v1/users", token: null);
        await AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated", refused);

        using var created = await SecuredServices.SendAsync(
            users,
            HttpMethod.Post,
            "/v1/users",
            await TokenAsync("sign-up", "users:write"),
            $$"""{"name":"Ada","email":"{{NewEmail()}}"}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var user = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetGuid();

        var token = await TokenAsync($"{user}", "users:read orders:read orders:write");
        using var placed = await OrderAsync(token, user);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

        // OrderApi does not know this user and asks UserApi with its own token.
        var nonexistent = Guid.CreateVersion7();
        using var unknown = await OrderAsync(await TokenAsync($"{nonexistent}", "orders:write"), nonexistent);
        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-user", unknown);

        // The first look-up of a new process may exceed its timeout.
        Task<HttpResponseMessage> OrderAsync(string bearer, Guid subject) => Until.TrueAsync(
            "OrderApi has asked UserApi",
            () => SecuredServices.SendAsync(orders, HttpMethod.Post, "/v1/orders", bearer, $$"""{"userId":"{{subject}}"}"""),
            answer => answer.StatusCode != HttpStatusCode.ServiceUnavailable);

        async Task<string> TokenAsync(string subject, string scope)
        {
            using var issuer = new HttpClient { BaseAddress = secured.GetUrl("issuer") };
            using var form = new FormUrlEncodedContent([new("sub", subject), new("scope", scope)]);
            using var answer = await issuer.PostAsync("/dev/token", form, Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Cancelled);
        }
    }
}
