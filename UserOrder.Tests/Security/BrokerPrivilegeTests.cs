using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Text;
using RabbitMQ.Client;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>Operations of UserApi's broker user that the real broker refuses.</summary>
public sealed class BrokerPrivilegeTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string Login = "user-api-rabbitmq";
    private const string Exchange = "user-order.events";
    private const string OwnQueue = "user-api.order-placed";
    private const string OthersQueue = "order-api.user-created";

    private static readonly Dictionary<string, Func<IChannel, Task>> Attempts = new()
    {
        ["declare a queue"] = channel => channel.QueueDeclareAsync("intruder", durable: true, exclusive: false, autoDelete: false),
        ["declare an exchange"] = channel => channel.ExchangeDeclareAsync("intruder", ExchangeType.Fanout),
        ["consume the other's events"] = channel =>
            channel.BasicConsumeAsync(OthersQueue, autoAck: true, new AsyncDefaultBasicConsumer(channel)),
        ["take the other's event"] = channel => channel.BasicGetAsync(OthersQueue, autoAck: true),
        ["take the other's dead letter"] = channel => channel.BasicGetAsync($"{OthersQueue}.dead", autoAck: true),
        ["empty the other's queue"] = channel => channel.QueuePurgeAsync(OthersQueue),
        ["delete the other's queue"] = channel => channel.QueueDeleteAsync(OthersQueue),
        ["delete the exchange"] = channel => channel.ExchangeDeleteAsync(Exchange),
        ["redeclare the exchange"] = channel => channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true),
        ["publish as the other"] = channel => PublishAsync(channel, Exchange, "order.placed.v1"),
        ["publish an unknown type"] = channel => PublishAsync(channel, Exchange, "user.created.v1.forged"),
        ["put an event into its own queue"] = channel => PublishAsync(channel, "", OwnQueue),
        ["put an event into the other's queue"] = channel => PublishAsync(channel, "", OthersQueue),
        ["put an event into the other's queue by its exchange"] = channel => PublishAsync(channel, OthersQueue, OthersQueue),
        ["bind to its own events"] = channel => channel.QueueBindAsync(OwnQueue, Exchange, "user.created.v1"),
        ["bind to all events"] = channel => channel.QueueBindAsync(OwnQueue, Exchange, "#"),
        ["bind to an exchange of the broker"] = channel => channel.QueueBindAsync(OwnQueue, "amq.topic", "#"),
    };

    public static TheoryData<string> Forbidden { get; } = new(Attempts.Keys);

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task The_broker_refuses_all_but_the_queues_and_events_of_the_service(string attempt)
    {
        RequireOwnGraph();
        var factory = new ConnectionFactory { Uri = await LoginAsync(), AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);

        await Assert.ThrowsAnyAsync<Exception>(() => Attempts[attempt](channel));

        Assert.Equal<int?>(Constants.AccessRefused, channel.CloseReason?.ReplyCode);
    }

    /// <summary>A third login may publish one type of its own, and forges another one by a header or a binding.</summary>
    [Theory]
    [InlineData("CC")]
    [InlineData("BCC")]
    [InlineData("binding")]
    public async Task An_event_that_another_user_forged_becomes_a_dead_letter(string way)
    {
        RequireOwnGraph();
        var name = $"forged_{Guid.NewGuid():N}";
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        var (publisher, stranger) = ($"{name}-publisher", $"{name}-stranger");
        await administrator.AddUserAsync(publisher, ".*");
        await administrator.AddUserAsync(stranger, $"^({name}|{name}-own)$");
        var broker = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));
        await using var service = await DeadLetterService.StartAsync(
            name,
            await CreateDatabaseAsync(name),
            broker,
            new Dictionary<string, string?> { [$"Messaging:Publishers:{Thing.Happened.Name}"] = publisher },
            Cancelled);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(service.Logs.Count($"Consuming from {name}.things")));
        await administrator.PutAsync(
            "topic-permissions", new { exchange = name, write = "^own\\.event\\.v1$", read = "^$" }, "/", stranger);

        await using var strangers = await ConnectAsync(broker, stranger);
        await using var channel = await OpenAsync(strangers);
        var (exchange, headers) = (name, new Dictionary<string, object?>());
        if (way == "binding")
        {
            exchange = $"{name}-own";
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, cancellationToken: Cancelled);
            await channel.ExchangeBindAsync(name, exchange, "own.event.v1", cancellationToken: Cancelled);
        }
        else
        {
            headers[way] = new List<object> { Thing.Happened.Name };
        }

        await channel.BasicPublishAsync(
            exchange,
            way == "binding" ? Thing.Happened.Name : "own.event.v1",
            mandatory: true,
            new BasicProperties { UserId = stranger, Headers = headers },
            Body("forged"),
            Cancelled);

        var admin = await OpenChannelAsync();
        await Until.EqualAsync(1u, "the forged event is a dead letter", () => admin.MessageCountAsync($"{name}.things.dead", Cancelled));
        await using var publishers = await ConnectAsync(broker, publisher);
        await using var honest = await OpenAsync(publishers);
        await honest.BasicPublishAsync(
            name, Thing.Happened.Name, mandatory: true, new BasicProperties { UserId = publisher }, Body("honest"), Cancelled);
        await Until.EqualAsync(1, "the publisher's event was handled", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(["honest"], service.Handler.Handled);

        // An operator may decide otherwise.
        using var replayed = await service.Api.PostAsync($"/admin/dead-letters/{name}.things/replay", content: null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        await Until.EqualAsync(2, "the replayed event was handled", () => Task.FromResult(service.Handler.Handled.Count));
    }

    [Theory]
    [InlineData("overview")]
    [InlineData("users")]
    [InlineData("queues")]
    public async Task A_service_may_not_use_the_management_API(string resource)
    {
        RequireOwnGraph();
        using var management = new HttpClient { BaseAddress = new Uri(Graph.GetUrl("rabbitmq", "management"), "/api/") };
        management.DefaultRequestHeaders.Authorization = Basic(await LoginAsync());
        using var refused = await management.GetAsync(resource, Cancelled);
        management.DefaultRequestHeaders.Authorization = Basic(new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)));
        using var granted = await management.GetAsync(resource, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, granted.StatusCode);
    }

    [Fact]
    public void The_management_API_listens_on_loopback_only()
    {
        RequireOwnGraph();
        var port = Graph.GetUrl("rabbitmq", "management").Port;
        var listeners = IPGlobalProperties.GetIPGlobalProperties()
            .GetActiveTcpListeners()
            .Where(listener => listener.Port == port)
            .ToList();

        Assert.NotEmpty(listeners);
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener}"));
    }

    private async Task<Uri> LoginAsync() => new(await Graph.GetConnectionStringAsync(Login, Cancelled));

    private static async Task PublishAsync(IChannel channel, string exchange, string routingKey) =>
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, body: "forged"u8.ToArray(), Cancelled);

    private static byte[] Body(string name) => CloudEventWriter.Write(
        Thing.Happened, Guid.CreateVersion7(), "/tests", name, DateTimeOffset.UtcNow, origin: null, new Thing(name));

    private static Task<IConnection> ConnectAsync(Uri broker, string user) => new ConnectionFactory
    {
        Uri = new UriBuilder(broker) { UserName = user, Password = BrokerAdministrator.Password }.Uri,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync(Cancelled);

    private static Task<IChannel> OpenAsync(IConnection connection) => connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);

    private static AuthenticationHeaderValue Basic(Uri login) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login.UserInfo)));
}
