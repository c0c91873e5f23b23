using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A service whose exchanges, queues, bindings, rights, user or virtual host somebody deletes while it runs.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class LostTopologyTests(RunningGraph graph) : IntegrationTest(graph)
{
    // The exchange, the virtual host, the user and the database have one name.
    private readonly string _name = $"lost_{Guid.NewGuid():N}";
    private readonly LogCollector _logs = new();
    private readonly SwitchedHandler _handler = new();

    private string Queue => $"{_name}.things";

    [Fact]
    public async Task Whatever_is_deleted_comes_back_and_is_logged_once()
    {
        RequireOwnGraph();
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        using var host = Build(await CreateDatabaseAsync(_name), await BrokerAsync(), administrator.Login);
        await host.StartAsync(Cancelled);
        await AssertFlowsAsync(host, "nothing");
        var nothing = new { configure = "^$", write = "^$", read = "^$" };

        await administrator.DeleteAsync("exchanges", _name, _name);
        await AssertFlowsAsync(host, "exchange");
        AssertLoggedOnce($"NOT_FOUND - no exchange '{_name}' in vhost '{_name}'");

        await administrator.DeleteAsync("queues", _name, Queue);
        await AssertNoticedAsync("the queue was deleted or is not available");
        await AssertFlowsAsync(host, "queue");

        await administrator.DeleteAsync("queues", _name, $"{Queue}.dead");
        await administrator.DeleteAsync("bindings", _name, "e", _name, "q", Queue, Thing.Happened.Name);
        await AssertFlowsAsync(host, "binding");
        await PublishUnreadableAsync();
        await AssertOneDeadLetterAsync();
        AssertLoggedOnce($"NOT_FOUND - no queue '{Queue}.dead' in vhost '{_name}'");

        await administrator.DeleteAsync("exchanges", _name, Queue);
        await AssertNoticedAsync($"NOT_FOUND - no exchange '{Queue}' in vhost '{_name}'");
        await PublishUnreadableAsync();
        await AssertOneDeadLetterAsync();
        AssertLoggedOnce($"NOT_FOUND - no exchange '{Queue}' in vhost '{_name}'");

        await administrator.PutAsync("permissions", nothing, _name, _name);
        await AssertNoticedAsync("ACCESS_REFUSED - access to");
        await AssertFlowsAsync(host, "rights");

        await administrator.DeleteAsync("users", _name);
        await AssertFlowsAsync(host, "user");

        await administrator.DeleteAsync("vhosts", _name);
        await AssertFlowsAsync(host, "virtual host");
        await Until.EqualAsync(HealthStatus.Healthy, "the service is healthy", async () => (await HealthAsync(host)).Status);
        await host.StopAsync(Cancelled);
        await administrator.DeleteAsync("vhosts", _name);
    }

    [Fact]
    public async Task A_service_without_the_administrators_login_names_once_why_events_wait()
    {
        RequireOwnGraph();
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        var database = await CreateDatabaseAsync(_name);
        using (var migrating = Build(database, await BrokerAsync(), administrator.Login))
        {
            await migrating.MigrateAsync(Cancelled);
        }

        using var host = Build(database, await BrokerAsync());
        await host.StartAsync(Cancelled);
        await AssertFlowsAsync(host, "nothing");

        await administrator.DeleteAsync("exchanges", _name, _name);
        var reason = $"NOT_FOUND - no exchange '{_name}' in vhost '{_name}'";
        await PublishAsync(host, "waiting");
        await Until.TrueAsync(
            "the relay has tried again", () => CircuitsAsync(host), text => text.Contains("relay-broker open", StringComparison.Ordinal));

        var health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains(reason, health.Description, StringComparison.Ordinal);
        AssertLoggedOnce(reason);

        await administrator.PutAsync("exchanges", new { type = ExchangeType.Topic, durable = true }, _name, _name);
        await Until.TrueAsync("the event arrives", () => Task.FromResult(_handler.Handled), handled => handled.Contains("waiting"));
        await Until.EqualAsync(HealthStatus.Healthy, "the service is healthy", async () => (await HealthAsync(host)).Status);
        await host.StopAsync(Cancelled);
        await administrator.DeleteAsync("vhosts", _name);
    }

    [Fact]
    public async Task An_event_for_which_the_broker_closes_the_channel_does_not_block_its_neighbours()
    {
        var broker = RequireLocalBroker();
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        using var host = Build(await CreateDatabaseAsync(_name), await BrokerAsync(), administrator.Login);
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await host.StartAsync(Cancelled);
        await AssertFlowsAsync(host, "nothing");

        // A type that the service no longer declares, as an older version may have left it in the outbox.
        var undeclared = new OutboxMessage(TimeOrderedId.New(DateTimeOffset.UtcNow), "thing.undeclared.v1", "{}"u8.ToArray(), null, null);
        await WriteAsync(host, [Happened("a"), undeclared, Happened("b")]);
        await AssertHandledAsync("a", "b");
        await AssertHandledAfterAsync(host, "c");
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await Until.EqualAsync(1, "the event waits", () => CountAsync(database, "select count(*) from outbox where attempts > 2"));
        AssertLoggedOnce("The broker refuses events thing.undeclared.v1, the outbox keeps them: ACCESS_REFUSED - ");
        Assert.Contains("events thing.undeclared.v1: ACCESS_REFUSED - ", (await HealthAsync(host)).Description, StringComparison.Ordinal);

        try
        {
            await broker.RunBrokerCommandAsync("eval", "application:set_env(rabbit, max_message_size, 10000).");

            // The channels of the relay know the limit after they were opened again.
            await Until.TrueAsync(
                "the broker refuses a large event",
                async () =>
                {
                    await WriteAsync(host, [Happened("d"), Happened(new string('x', 20_000)), Happened("e")]);
                    return (await HealthAsync(host)).Description ?? "";
                },
                text => text.Contains("PRECONDITION_FAILED - message size", StringComparison.Ordinal));
            await AssertHandledAfterAsync(host, "f");
        }
        finally
        {
            await broker.RunBrokerCommandAsync("eval", "application:set_env(rabbit, max_message_size, 134217728).");
        }

        await host.StopAsync(Cancelled);
        await administrator.DeleteAsync("vhosts", _name);

        OutboxMessage Happened(string name) => outbox.CreateMessage(Thing.Happened, "thing", new Thing(name));
    }

    [Fact]
    public async Task An_event_waits_in_the_outbox_until_its_queue_is_bound()
    {
        RequireOwnGraph();
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        var database = await CreateDatabaseAsync(_name);
        using var host = Build(database, await BrokerAsync(), administrator.Login, subscribes: false);
        await host.StartAsync(Cancelled);
        await host.Services.GetRequiredService<SchemaMigrator>().Ready.WaitAsync(Cancelled);

        await PublishAsync(host, "early");
        await Until.TrueAsync(
            "health names the missing binding",
            async () => (await HealthAsync(host)).Description ?? "",
            text => text.Contains("events thing.happened.v1: NO_ROUTE - no queue is bound", StringComparison.Ordinal));
        AssertLoggedOnce("No queue is bound for events thing.happened.v1");

        using var consumer = Build(database, await BrokerAsync(), administrator.Login);
        await consumer.StartAsync(Cancelled);
        await AssertHandledAsync("early");
        await consumer.StopAsync(Cancelled);
        await host.StopAsync(Cancelled);
        await administrator.DeleteAsync("vhosts", _name);
    }

    private LocalGraph RequireLocalBroker()
    {
        RequireOwnGraph();
        var reason = ServersOfThisMachine.ReasonToSkip();
        Assert.SkipWhen(reason is not null, reason ?? "");
        return (LocalGraph)Graph;
    }

    private async Task AssertNoticedAsync(string reason) =>
        await Until.EqualAsync(1, $"the log names it: {reason}", () => Task.FromResult(_logs.CountOf(reason)));

    private void AssertLoggedOnce(string text) => Assert.Equal(1, _logs.CountOf(text));

    /// <summary>Asserts that the next event takes effect, whatever is missing meanwhile.</summary>
    private async Task AssertFlowsAsync(IHost host, string lost)
    {
        await host.Services.GetRequiredService<SchemaMigrator>().Ready.WaitAsync(Cancelled);
        await AssertHandledAfterAsync(host, $"after the loss of {lost}");
    }

    private async Task AssertHandledAfterAsync(IHost host, string name)
    {
        await PublishAsync(host, name);
        await AssertHandledAsync(name);
    }

    private async Task AssertHandledAsync(params string[] names) => await Until.EqualAsync(
        "", "the events took effect", () => Task.FromResult(string.Join(", ", names.Except(_handler.Handled))));

    private static Task PublishAsync(IHost host, string name) =>
        WriteAsync(host, [host.Services.GetRequiredService<EventOutbox>().CreateMessage(Thing.Happened, name, new Thing(name))]);

    private static async Task WriteAsync(IHost host, IReadOnlyList<OutboxMessage> messages)
    {
        await using var transaction = await host.Services.GetRequiredService<EventOutbox>().BeginTransactionAsync(Cancelled);
        await transaction.WriteAsync(messages, Cancelled);
        await transaction.CommitAsync(Cancelled);
    }

    private async Task PublishUnreadableAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = await BrokerAsync() }.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);
        await channel.BasicPublishAsync(_name, Thing.Happened.Name, mandatory: true, "unreadable"u8.ToArray(), Cancelled);
    }

    private async Task AssertOneDeadLetterAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = await BrokerAsync() }.CreateConnectionAsync(Cancelled);
        await Until.TrueAsync(
            "the message is a dead letter",
            async () =>
            {
                await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
                return await channel.BasicGetAsync($"{Queue}.dead", autoAck: true, Cancelled);
            },
            got => got is not null && Encoding.UTF8.GetString(got.Body.Span) == "unreadable");
    }

    private static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancelled)).Entries["broker"];

    private static async Task<string> CircuitsAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancelled)).Entries["circuits"].Description!;

    /// <summary>The service's own login.</summary>
    private async Task<Uri> BrokerAsync()
    {
        var broker = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));
        return new UriBuilder("amqp", broker.Host, broker.Port, _name) { UserName = _name, Password = _name }.Uri;
    }

    private IHost Build(string database, Uri broker, Uri? administrator = null, bool subscribes = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:lostdb"] = database;
        builder.Configuration["ConnectionStrings:rabbitmq-management"] = administrator?.AbsoluteUri;
        builder.Configuration["Messaging:Exchange"] = _name;
        builder.Configuration["Messaging:RelayPollInterval"] = "00:00:01";
        builder.Logging.AddProvider(_logs);
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker });
        builder.Services.AddSingleton(_handler);
        builder.Services.AddMetrics();
        builder.AddPostgresDatabase("lostdb", typeof(LostTopologyTests).Assembly);
        var messaging = builder.AddMessaging("lost").Publish(Thing.Happened);
        if (subscribes)
        {
            messaging.Subscribe<Thing, SwitchedHandler>(Thing.Happened, Queue);
        }

        return builder.Build();
    }
}
