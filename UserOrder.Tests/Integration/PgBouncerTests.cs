using System.Net;
using System.Net.Http.Json;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Integration;

/// <summary>A service behind PgBouncer in transaction mode, with the connection string that docs/operations.md gives.</summary>
public sealed class PgBouncerTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const int Users = 60;

    [Fact]
    public async Task A_service_behind_PgBouncer_in_transaction_mode_accepts_announces_and_replays()
    {
        RequireOwnGraph();
        Assert.SkipWhen(PgBouncer.Program is null, "PgBouncer is not installed.");
        await using var bouncer = new PgBouncer(await Graph.GetConnectionStringAsync("userdb", Cancelled));
        await bouncer.WaitUntilUpAsync();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. (await SecuredServices.ConnectionsAsync(Graph)).Where(connection => connection.Name != "ConnectionStrings__userdb"),
                ("ConnectionStrings__userdb", bouncer.ConnectionString),
                ("Security__Open", "true"),
            ]);

        var ids = await Task.WhenAll(Enumerable.Range(0, Users).Select(i => CreateAsync(service.Api, $"pgbouncer-{i}-{Guid.NewGuid():N}")));

        var orderdb = await OpenDatabaseAsync("orderdb");
        await Until.EqualAsync(
            Users, "OrderApi knows the users", () => CountAsync(orderdb, "select count(*) from known_users where id = any($1)", ids));
        Assert.DoesNotContain("\"LogLevel\":\"Error\"", service.Output, StringComparison.Ordinal);
    }

    /// <summary>Sends the request twice with the same key.</summary>
    private static async Task<Guid> CreateAsync(HttpClient api, string key)
    {
        var answers = new List<Guid>();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/users")
            {
                Content = JsonContent.Create(new { name = "Ada", email = $"{key}@example.com" }),
            };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await api.SendAsync(request, Cancelled);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            answers.Add((await ReadAsync(response)).GetProperty("id").GetGuid());
        }

        return Assert.Single(answers.Distinct());
    }
}
