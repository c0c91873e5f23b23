using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.Tests.Contracts.Compatibility;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Contracts.NewVersion;

/// <summary>
/// The move from <c>user.created.v1</c> to <c>v2</c> in the steps of docs/contracts.md, on the real broker with its own services, databases
/// and exchange. Each step creates users, and each user takes effect once in each consumer, in either version.
/// </summary>
public sealed class NewVersionTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const int UsersPerStep = 50;
    private readonly string _name = $"move_{Guid.NewGuid():N}";
    private readonly List<Guid> _users = [];

    private string Queue(string consumer, int version) => $"{_name}.{consumer}.v{version}";

    [Fact]
    public async Task A_move_to_a_second_version_loses_and_duplicates_nothing()
    {
        var (producing, staying, moving) = (
            await CreateDatabaseOfAsync("producer"), await CreateDatabaseOfAsync("staying"), await CreateDatabaseOfAsync("moving"));
        var channel = await OpenChannelAsync();
        await using var producer = await StartAsync(producing, _ => { });
        await using var oldConsumer = await StartConsumerAsync(staying, "staying", reads: [1]);

        await using (await StartConsumerAsync(moving, "moving", reads: [1]))
        {
            await CreateUsersAsync(producer, 1);
            await AssertEffectsAsync(staying, moving);
        }

        // The consumer moves first: its new queue must exist before the first event of the second version.
        await using (await StartConsumerAsync(moving, "moving", reads: [1, 2]))
        {
            await CreateUsersAsync(producer, 1);
            var sample = await CopyAsync(channel);
            await CreateUsersAsync(producer, 1, 2);
            await AssertEffectsAsync(staying, moving);
            await AssertIsValidV2Async(channel, sample);
        }

        // The consumer drops the first version once every producer emits both.
        await CreateUsersAsync(producer, 1, 2);
        await using (await StartConsumerAsync(moving, "moving", reads: [2], drains: 1))
        {
            await CreateUsersAsync(producer, 1, 2);
            await Until.EqualAsync(0u, "the old queue is drained", () => channel.MessageCountAsync(Queue("moving", 1), Cancelled));
            await AssertEffectsAsync(staying, moving);
        }

        // The queues keep the events of users created while the consumer is down.
        await CreateUsersAsync(producer, 1, 2);
        await using (await StartConsumerAsync(moving, "moving", reads: [2]))
        {
            // A quorum queue does not support conditional deletion, so check the condition first.
            var old = await channel.QueueDeclarePassiveAsync(Queue("moving", 1), Cancelled);
            Assert.Equal((0u, 0u), (old.MessageCount, old.ConsumerCount));
            await channel.QueueDeleteAsync(old.QueueName, ifUnused: false, ifEmpty: false, cancellationToken: Cancelled);
            await CreateUsersAsync(producer, 1, 2);
            await AssertEffectsAsync(staying, moving);
        }

        // Each consumer received only events of the versions that it reads.
        Assert.True(await CountAsync(moving, "select count(*) from welcomed where version = 2") >= 3 * UsersPerStep);
        Assert.Equal(_users.Count, await CountAsync(staying, "select count(*) from welcomed where version = 1"));
        foreach (var queue in new[] { Queue("staying", 1), Queue("moving", 1), Queue("moving", 2) })
        {
            Assert.Equal(0u, await channel.MessageCountAsync($"{queue}.dead", Cancelled));
        }
    }

    [Fact]
    public void The_gate_refuses_the_second_version_in_place_of_the_first()
    {
        var v1 = ContractFiles.Read(ContractFiles.EventSchema(ContractFiles.Folder, "user.created.v1"));

        var breaks = CompatibilityGate.OfEvent("user.created.v1", v1, V2Schema()).ToList();

        Assert.Contains(
            breaks,
            found => found.Contains("name was removed", StringComparison.Ordinal)
                && found.Contains("user.created.v2", StringComparison.Ordinal));
        Assert.Contains(breaks, found => found.Contains("givenName is new and required", StringComparison.Ordinal));
    }

    private static JsonObject V2Schema() =>
        ContractFiles.Read(Path.Combine(Repository.Root, "UserOrder.Tests", "Contracts", "NewVersion", "user.created.v2.schema.json"));

    private async Task<NpgsqlDataSource> CreateDatabaseOfAsync(string role)
    {
        var database = Open(await CreateDatabaseAsync($"{_name}_{role}"));
        await using var tables = database.CreateCommand(UserHandler.Schema);
        await tables.ExecuteNonQueryAsync(Cancelled);
        return database;
    }

    private Task<Service> StartConsumerAsync(
        NpgsqlDataSource database, string consumer, int[] reads, int? drains = null) => StartAsync(database, messaging =>
    {
        if (drains == 1)
        {
            messaging.Drain<UserCreatedV1, UserHandler>(UserCreatedV1.Type, Queue(consumer, 1));
        }

        if (reads.Contains(1))
        {
            messaging.Subscribe<UserCreatedV1, UserHandler>(UserCreatedV1.Type, Queue(consumer, 1));
        }

        if (reads.Contains(2))
        {
            messaging.Subscribe<UserCreatedV2, UserHandler>(UserCreatedV2.Type, Queue(consumer, 2));
        }
    });

    private async Task<Service> StartAsync(NpgsqlDataSource database, Action<MessagingBuilder> subscribe)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:movedb"] = await ConnectionStringOfAsync(database);
        builder.Configuration["Messaging:Exchange"] = _name;
        builder.Services.AddSingleton<IConnectionFactory>(
            new ConnectionFactory { Uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)) });
        builder.Services.AddMetrics();
        var logs = new LogCollector();
        builder.Logging.AddProvider(logs);
        builder.AddPostgresDatabase("movedb", typeof(NewVersionTests).Assembly);
        var messaging = builder.AddMessaging(_name).Publish(UserCreatedV1.Type).Publish(UserCreatedV2.Type);
        subscribe(messaging);
        var host = builder.Build();
        await host.StartAsync(Cancelled);
        await host.Services.GetRequiredService<SchemaMigrator>().Ready.WaitAsync(Cancelled);
        var queues = builder.Services.Count(service => service.ServiceType == typeof(SubscribedQueue));
        await Until.TrueAsync("the service consumes", () => Task.FromResult(logs.Count("Consuming from")), lines => lines >= queues);
        return new Service(host);
    }

    private async Task<string> ConnectionStringOfAsync(NpgsqlDataSource database) =>
        new NpgsqlConnectionStringBuilder(await Graph.GetConnectionStringAsync("userdb", Cancelled))
        {
            Database = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database,
        }.ConnectionString;

    /// <summary>Creates users as a producer of these versions does: all events of a user in one transaction.</summary>
    private async Task CreateUsersAsync(Service producer, params int[] versions)
    {
        var outbox = producer.Host.Services.GetRequiredService<EventOutbox>();
        for (var i = 0; i < UsersPerStep; i++)
        {
            var (id, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
            var messages = new List<OutboxMessage>();
            if (versions.Contains(1))
            {
                messages.Add(outbox.CreateMessage(UserCreatedV1.Type, id.ToString(), new(id, "Ada Lovelace", $"{id}@example.com", now)));
            }

            if (versions.Contains(2))
            {
                messages.Add(outbox.CreateMessage(UserCreatedV2.Type, id.ToString(), new(id, "Ada", "Lovelace", $"{id}@example.com", now)));
            }

            await using var transaction = await outbox.BeginTransactionAsync(Cancelled);
            await transaction.WriteAsync(messages, Cancelled);
            await transaction.CommitAsync(Cancelled);
            _users.Add(id);
        }
    }

    /// <summary>Asserts that each user so far has had exactly one effect in each consumer.</summary>
    private async Task AssertEffectsAsync(params NpgsqlDataSource[] consumers)
    {
        foreach (var consumer in consumers)
        {
            await Until.EqualAsync(
                _users.Count,
                "every user took effect",
                () => CountAsync(consumer, "select count(distinct user_id) from welcomes where user_id = any($1)", _users.ToArray()));
            Assert.Equal(_users.Count, await CountAsync(consumer, "select count(*) from welcomes"));
        }
    }

    private async Task<string> CopyAsync(IChannel channel)
    {
        var queue = $"{_name}.sample";
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, cancellationToken: Cancelled);
        await channel.QueueBindAsync(queue, _name, UserCreatedV2.Type.Name, cancellationToken: Cancelled);
        return queue;
    }

    private static async Task AssertIsValidV2Async(IChannel channel, string queue)
    {
        var sample = await Until.TrueAsync(
            "the second version is published", () => channel.BasicGetAsync(queue, autoAck: true, Cancelled), got => got is not null);
        new EventContract(UserCreatedV2.Type.Name, V2Schema()).AssertValid(sample!.Body);
    }

    private sealed record Service(IHost Host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync(CancellationToken.None);
            Host.Dispose();
        }
    }
}
