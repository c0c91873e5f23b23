using System.Net;
using UserOrder.Processes.Servers;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Integration;

/// <summary>A commit counts only if the synchronous standby has it, so that a failover loses none.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class StandbyTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string Database = "pairdb";

    private readonly string _name = $"standby_{Guid.NewGuid():N}";

    [Fact]
    public async Task No_201_and_no_acknowledgement_precedes_the_standby_and_a_failover_loses_nothing()
    {
        RequireOwnGraph();
        var broker = await Graph.GetConnectionStringAsync("rabbitmq", Cancelled);
        await using var pair = await SynchronousPair.StartAsync(Database);
        var (users, inbox) = (pair.ConnectionString(Database), pair.ConnectionString(PostgresServer.DefaultDatabase));
        await using var consumer = await DeadLetterService.StartAsync(
            _name, inbox, new Uri(broker), new Dictionary<string, string?>(), Cancelled);
        await using var service = await StartUserApiAsync(broker, users);
        await using var replica = await StartUserApiAsync(broker, pair.ConnectionStringOfBoth(Database));
        using var created = await PostAsync(service, "first");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(consumer.Logs.Count($"Consuming from {_name}.things")));

        pair.Separate();
        await PublishThingAsync(_name, "tea");
        await Task.WhenAll(RefusedAsync(service, "cancelled"), pair.OnWaitAsync(Database, "with input", "pg_cancel_backend(pid)"));
        await Task.WhenAll(RefusedAsync(service, "terminated"), pair.OnWaitAsync(Database, "with input", "pg_terminate_backend(pid)"));

        // The driver's time limit ends these: a new request, the repetition of a request whose rows are there, and the consumer's commit.
        await Task.WhenAll(RefusedAsync(service, "late"), RefusedAsync(service, "cancelled"), WaitsAgainAsync(consumer, pair));
        var lost = await Sql.ReadAsync(Open(users), "select id from users where email <> 'first@example.com'", row => row.GetGuid(0));
        await pair.FailOverAsync();

        Assert.Equal(3, lost.Count);
        Assert.Equal(1, await CountAsync(Open($"{users};Pooling=false"), "select count(*) from users"));
        await AcceptedAsync(service, "first", (await ReadAsync(created)).GetProperty("id").GetGuid());
        await AcceptedAsync(service, "cancelled");
        await AcceptedAsync(replica, "other");
        var orderdb = await OpenDatabaseAsync("orderdb");
        Assert.Equal(0, await CountAsync(orderdb, "select count(*) from known_users where id = any($1)", lost.ToArray()));
        await Until.EqualAsync(1, "the event took effect", () => CountAsync(Open($"{inbox};Pooling=false"), "select count(*) from inbox"));
    }

    private static Task<ServiceUnderTest> StartUserApiAsync(string broker, string database) => ServiceUnderTest.StartAsync(
        "user-api",
        ("ConnectionStrings__rabbitmq", broker),
        ("ConnectionStrings__userdb", database),
        ("Security__Open", "true"),
        ("Messaging__RelayPollInterval", "00:00:00.100"));

    private static async Task<HttpResponseMessage> PostAsync(ServiceUnderTest service, string key) => await SecuredServices.SendAsync(
        service.Api, HttpMethod.Post, "/v1/users", token: null, $$"""{"name":"Ada Lovelace","email":"{{key}}@example.com"}""", key);

    private static async Task RefusedAsync(ServiceUnderTest service, string key)
    {
        using var response = await PostAsync(service, key);
        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable", response);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    private static async Task AcceptedAsync(ServiceUnderTest service, string key, Guid? id = null)
    {
        using var response = await Until.TrueAsync(
            $"the request '{key}' is accepted", () => PostAsync(service, key), response => response.StatusCode == HttpStatusCode.Created);
        var accepted = (await ReadAsync(response)).GetProperty("id").GetGuid();
        Assert.Equal(id ?? accepted, accepted);
    }

    /// <summary>Waits until the consumer has given up its first commit and waits for the next one, which finds only a duplicate.</summary>
    private async Task WaitsAgainAsync(DeadLetterService consumer, SynchronousPair pair)
    {
        await Until.EqualAsync(1, "the consumer does not trust its commit", () => Task.FromResult(consumer.Logs.Count(
            $"The consumer of {_name}.things waits for the database: No synchronous standby has confirmed the commit.")));
        await pair.OnWaitAsync(PostgresServer.DefaultDatabase, "commit");
    }
}
