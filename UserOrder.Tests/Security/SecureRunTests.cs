using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>The graph of <c>run.sh --secure</c>: the requests of its printed commands, and the commands of its dashboard.</summary>
public sealed class SecureRunTests(RunningGraph graph, SecureRun run) : IntegrationTest(graph), IClassFixture<SecureRun>
{
    private const string Queue = "user-api.order-placed";

    [Fact]
    public async Task A_secure_local_run_requires_tokens_and_issues_them()
    {
        RequireOwnGraph();
        using var users = new HttpClient { BaseAddress = run.Graph.GetUrl("user-api") };
        using var orders = new HttpClient { BaseAddress = run.Graph.GetUrl("order-api") };

        using var refused = await SecuredServices.SendAsync(users, HttpMethod.Get, "/v1/users", token: null);
        await AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated", refused);

        using var created = await SecuredServices.SendAsync(
            users,
            HttpMethod.Post,
            "/v1/users",
            await run.TokenAsync("sign-up", "users:write"),
            $$"""{"name":"Ada","email":"{{NewEmail()}}"}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var user = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetGuid();

        var token = await run.TokenAsync($"{user}", "users:read orders:read orders:write");
        using var placed = await OrderAsync(token, user);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

        // OrderApi does not know this user and asks UserApi with its own token.
        var nonexistent = Guid.CreateVersion7();
        using var unknown = await OrderAsync(await run.TokenAsync($"{nonexistent}", "orders:write"), nonexistent);
        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-user", unknown);

        // The first look-up of a new process may exceed its timeout.
        Task<HttpResponseMessage> OrderAsync(string bearer, Guid subject) => Until.TrueAsync(
            "OrderApi has asked UserApi",
            () => SecuredServices.SendAsync(orders, HttpMethod.Post, "/v1/orders", bearer, $$"""{"userId":"{{subject}}"}"""),
            answer => answer.StatusCode != HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task The_dashboard_commands_pause_and_resume_a_consumer_while_a_sample_order_waits()
    {
        RequireOwnGraph();
        await using var userdb = Open(await run.Graph.GetConnectionStringAsync("userdb", Cancelled));
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        await Until.EqualAsync(1u, "the consumer runs", () => channel.ConsumerCountAsync(Queue, Cancelled));
        var before = await OrdersAsync();

        await run.Graph.CommandAsync("user-api", "pause-consumer", Cancelled);
        await Until.EqualAsync(0u, "the consumer is paused", () => channel.ConsumerCountAsync(Queue, Cancelled));
        Assert.Equal(1, await CountAsync(userdb, "select count(*) from pauses where is_paused and changed_by = 'dashboard'"));
        await Until.TrueAsync(
            "the sample user and order are created",
            () => run.Graph.TryCommandAsync("user-api", "create-sample", Cancelled),
            result => result.Success);
        await Until.EqualAsync(1u, "the order's event waits", () => channel.MessageCountAsync(Queue, Cancelled));
        Assert.Equal(before, await OrdersAsync());

        await run.Graph.CommandAsync("user-api", "resume-consumer", Cancelled);
        await Until.EqualAsync(before + 1, "the order is counted", OrdersAsync);

        await run.Graph.CommandAsync("order-api", "pause-relay", Cancelled);
        await run.Graph.CommandAsync("order-api", "resume-relay", Cancelled);

        Task<long> OrdersAsync() => CountAsync(userdb, "select coalesce(sum(order_count), 0)::bigint from order_totals");
    }

    [Fact]
    public async Task The_dashboard_commands_send_a_poison_message_and_replay_the_dead_letters()
    {
        RequireOwnGraph();
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        await Until.EqualAsync(1u, "the consumer runs", () => channel.ConsumerCountAsync(Queue, Cancelled));

        await run.Graph.CommandAsync("rabbitmq", "send-poison", Cancelled);
        await Until.EqualAsync(1u, "it is a dead letter", () => channel.MessageCountAsync($"{Queue}.dead", Cancelled));
        var replayed = await run.Graph.CommandAsync("user-api", "replay-dead-letters", Cancelled);

        Assert.Contains("\"replayed\":1", replayed.Data?.Value, StringComparison.Ordinal);
        await Until.EqualAsync(1u, "it is a dead letter again", () => channel.MessageCountAsync($"{Queue}.dead", Cancelled));
        await channel.QueuePurgeAsync($"{Queue}.dead", Cancelled);
    }

    private async Task<IConnection> ConnectAsync()
    {
        var factory = new ConnectionFactory { Uri = new Uri(await run.Graph.GetConnectionStringAsync("rabbitmq", Cancelled)) };
        return await factory.CreateConnectionAsync(Cancelled);
    }
}
