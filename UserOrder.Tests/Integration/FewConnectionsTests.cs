using System.Net;
using System.Net.Http.Json;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Integration;

/// <summary>The replicas of a service share the connections that their database server has.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class FewConnectionsTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const int ClientsOfReplica = 500;
    private const int WarmClients = 50;

    private readonly string _name = $"few_{Guid.NewGuid():N}";

    [Fact]
    public async Task A_thousand_clients_of_two_replicas_read_and_write_without_a_refusal()
    {
        RequireOwnGraph();

        // A request that waits 2 s for a connection gets 503, too. On a busy machine that is no sign of a refused connection.
        var database = $"{await CreateDatabaseAsync(_name)};Timeout=30";
        await using var one = await StartAsync(database);
        await using var other = await StartAsync(database);

        // A first request compiles and opens connections.
        foreach (var replica in new[] { one, other })
        {
            await ServeAsync(replica, WarmClients);
        }

        await Task.WhenAll(ServeAsync(one, ClientsOfReplica), ServeAsync(other, ClientsOfReplica));

        Assert.DoesNotContain("A second replica lacks connections", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_warns_at_its_start_if_a_second_replica_lacks_connections()
    {
        RequireOwnGraph();
        var database = await CreateDatabaseAsync(_name);
        await LimitAsync(database, 79);

        await using var service = await StartAsync(database);

        const string Warning = "A second replica lacks connections: each opens up to 40, the database server has 79";
        Assert.Contains(Warning, service.Output, StringComparison.Ordinal);
    }

    private async Task LimitAsync(string database, int connections)
    {
        await using var limit = Open(database).CreateCommand($"alter database {_name} connection limit {connections}");
        await limit.ExecuteNonQueryAsync(Cancelled);
    }

    private static async Task ServeAsync(ServiceUnderTest service, int clients)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = clients };
        using var api = new HttpClient(handler) { BaseAddress = service.Url };
        var users = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => CreateAsync(api)));
        for (var round = 0; round < 2; round++)
        {
            await Task.WhenAll(users.Select(user => FindAsync(api, user)));
        }
    }

    private static async Task<Guid> CreateAsync(HttpClient api)
    {
        using var response = await api.PostAsJsonAsync("/v1/users", new { name = "Ada", email = NewEmail() }, Cancelled);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("id").GetGuid();
    }

    private static async Task FindAsync(HttpClient api, Guid user)
    {
        using var response = await api.GetAsync($"/v1/users/{user}", Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<ServiceUnderTest> StartAsync(string database) => await ServiceUnderTest.StartAsync(
        "user-api",
        ("ConnectionStrings__rabbitmq", await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)),
        ("ConnectionStrings__userdb", database),
        ("Security__Open", "true"));
}
