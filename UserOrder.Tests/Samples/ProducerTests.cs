using System.Net;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Samples;

/// <summary>The producers in other languages publish events that the services apply.</summary>
public sealed class ProducerTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string OrderPlaced = "order.placed.v1";
    private const string UserCreated = "user.created.v1";
    private const string Unbound = "sample.happened.v1";

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task UserApi_counts_an_order_once_despite_its_repetition(string language)
    {
        RequireOwnGraph();
        var sample = await SampleLanguage.OfAsync(language);
        await using var login = await SampleLogin.AddAsync(Graph, language);
        var channel = await OpenChannelAsync();
        var copies = await channel.CopyEventsAsync(OrderPlaced, Cancelled);
        var userId = await CreateUserAsync();
        var (repeated, last) = (Guid.NewGuid(), Guid.NewGuid());

        foreach (var id in new[] { repeated, repeated, last })
        {
            var (exitCode, output) = await sample.ProduceAsync(login.Broker, OrderPlaced, $"{id}", OrderOf(userId), id);
            Assert.Equal((0, $"{id}"), (exitCode, output));
        }

        await Until.TrueAsync("the last order counts", () => OrderCountAsync(userId), count => count >= 2);
        Assert.Equal(2, await OrderCountAsync(userId));
        var copy = await channel.BasicGetAsync(copies, autoAck: true, Cancelled);
        EventContract.Of(OrderPlaced).AssertValid(copy!.Body);
        Assert.Equal("application/cloudevents+json", copy.BasicProperties.ContentType);
        Assert.Equal(DeliveryModes.Persistent, copy.BasicProperties.DeliveryMode);
        Assert.Equal($"{repeated}", copy.BasicProperties.MessageId);
        Assert.Equal(login.Name, copy.BasicProperties.UserId);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task OrderApi_takes_orders_of_a_user_that_only_the_sample_has_announced(string language)
    {
        RequireOwnGraph();
        var sample = await SampleLanguage.OfAsync(language);
        await using var login = await SampleLogin.AddAsync(Graph, language, published: @"^user\.created\.v1$");
        var orderdb = await OpenDatabaseAsync("orderdb");
        var (userId, eventId) = (Guid.NewGuid(), Guid.NewGuid());
        var user = new JsonObject
        {
            ["id"] = userId,
            ["name"] = "Ada Lovelace",
            ["email"] = NewEmail(),
            ["createdAt"] = DateTimeOffset.UtcNow,
        }.ToJsonString();

        var (exitCode, output) = await sample.ProduceAsync(login.Broker, UserCreated, $"{userId}", user, eventId);

        Assert.Equal((0, $"{eventId}"), (exitCode, output));
        await Until.EqualAsync(1, "it takes effect", () => CountAsync(orderdb, "select count(*) from inbox where event_id = $1", eventId));
        using var response = await PlaceOrderAsync(userId);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task A_return_and_a_refusal_are_reported(string language)
    {
        RequireOwnGraph();
        var sample = await SampleLanguage.OfAsync(language);
        await using var login = await SampleLogin.AddAsync(Graph, language, published: @"^sample\.happened\.v1$");
        var userId = await CreateUserAsync();
        var usersOwn = new Uri(await Graph.GetConnectionStringAsync("user-api-rabbitmq", Cancelled));

        var returned = await sample.ProduceAsync(login.Broker, Unbound, "nothing", "{}", Guid.NewGuid());
        var refused = await sample.ProduceAsync(login.Broker, OrderPlaced, "an order", OrderOf(userId), Guid.NewGuid());
        var refusedToo = await sample.ProduceAsync(usersOwn, OrderPlaced, "an order", OrderOf(userId), Guid.NewGuid());
        var stranger = new UriBuilder(login.Broker) { Password = "wrong" }.Uri;
        var unknown = await sample.ProduceAsync(stranger, Unbound, "nothing", "{}", Guid.NewGuid());

        Assert.Equal([1, 1, 1, 1], new[] { returned, refused, refusedToo, unknown }.Select(run => run.ExitCode));
        Assert.Contains("Returned: 312 NO_ROUTE", returned.Output, StringComparison.Ordinal);
        Assert.Contains("ACCESS_REFUSED", refused.Output, StringComparison.Ordinal);
        Assert.Contains("ACCESS_REFUSED", refusedToo.Output, StringComparison.Ordinal);
        Assert.Contains("403", unknown.Output, StringComparison.Ordinal);
        Assert.Equal(0, await OrderCountAsync(userId));
    }

    [Fact]
    public void The_README_names_the_rights_of_the_login()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "samples", "README.md"));

        var (own, used) = (SampleLogin.OwnNames("node"), SampleLogin.UsedNames("node"));
        const string Types = @"'^order\.placed\.v1$' '^order\.placed\.v1$'";
        Assert.Contains($"set_permissions sample-node '{own}' \\\n      '{used}' '{used}'", readme, StringComparison.Ordinal);
        Assert.Contains($"set_topic_permissions sample-node user-order.events {Types}", readme, StringComparison.Ordinal);
    }

    private static string OrderOf(Guid userId) => new JsonObject
    {
        ["orderId"] = Guid.NewGuid(),
        ["userId"] = userId,
        ["items"] = new JsonArray(),
        ["total"] = 0,
        ["placedAt"] = DateTimeOffset.UtcNow,
    }.ToJsonString();
}
