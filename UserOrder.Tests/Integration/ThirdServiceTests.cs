using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly.CircuitBreaker;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>The messaging library in a third service, with its own database and exchange on the graph's servers.</summary>
public sealed class ThirdServiceTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"third_{Guid.NewGuid():N}";

    [Fact]
    public async Task Events_travel_from_the_outbox_to_the_handler()
    {
        using var host = await StartAsync(new ThingHandler());
        var handler = host.Services.GetRequiredService<ThingHandler>();

        await PublishAsync(host, "tea", "coffee");

        await Until.EqualAsync(2, "both events were handled", () => Task.FromResult(handler.Handled.Count));
        Assert.Equal(["coffee", "tea"], handler.Handled.Order());
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task The_relay_publishes_an_event_of_a_handler_without_waiting_for_its_poll()
    {
        var handler = new ThingHandler { Answers = true };
        var logs = new LogCollector();
        using var host = Build(
            await CreateDatabaseAsync(_name), await BrokerAsync(), handler, logs, ("Messaging:RelayPollInterval", "00:10:00"));
        handler.Outbox = host.Services.GetRequiredService<EventOutbox>();
        await host.StartAsync(Cancelled);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(logs.Count($"Consuming from {_name}.things")));

        await PublishAsync(host, "ping");

        await Until.EqualAsync(2, "the handler's event came back", () => Task.FromResult(handler.Handled.Count));
        Assert.Equal(["ping", "pong"], handler.Handled);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_group_commit_hands_the_relay_the_events_that_it_has_written_and_no_others()
    {
        var handler = new ThingHandler();
        var logs = new LogCollector();
        using var host = Build(
            await CreateDatabaseAsync(_name), await BrokerAsync(), handler, logs, ("Messaging:RelayPollInterval", "00:10:00"));
        await host.StartAsync(Cancelled);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(logs.Count($"Consuming from {_name}.things")));
        await Until.EqualAsync(1, "it relays", () => Task.FromResult(logs.Count("Relaying the outbox")));
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await using var writer = GroupCommitOf(outbox);

        foreach (var name in (string[])["refused", "tea", "refused", "coffee"])
        {
            await writer.WriteAsync(outbox.CreateMessage(Thing.Happened, name, new Thing(name)), Cancelled);
        }

        await Until.EqualAsync(2, "both events were handled", () => Task.FromResult(handler.Handled.Count));
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(database, "select count(*) from outbox"));
        await PublishAsync(host, "last");
        await Until.EqualAsync(3, "the last event was handled", () => Task.FromResult(handler.Handled.Count));
        Assert.Equal(["coffee", "last", "tea"], handler.Handled.Order());
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task The_relay_reads_the_outbox_where_nothing_is_handed_over()
    {
        using var host = await BuildAsync(new ThingHandler(), ("Messaging:HandOverBytes", "0"));
        var handler = host.Services.GetRequiredService<ThingHandler>();
        await host.StartAsync(Cancelled);
        await WaitUntilMigratedAsync(host);
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await using var writer = GroupCommitOf(outbox);

        await writer.WriteAsync(outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea")), Cancelled);

        await Until.EqualAsync(1, "the event was handled", () => Task.FromResult(handler.Handled.Count));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task An_event_with_a_failing_handler_becomes_a_dead_letter_and_the_rest_of_its_batch_takes_effect()
    {
        using var host = await StartAsync(new ThingHandler { Poison = "poison" });
        var handler = host.Services.GetRequiredService<ThingHandler>();

        await PublishAsync(host, "tea", "poison", "coffee");

        await Until.EqualAsync(2, "the rest of the batch was handled", () => Task.FromResult(handler.Handled.Count));
        Assert.Equal(["coffee", "tea"], handler.Handled.Order());
        var channel = await OpenChannelAsync();
        var dead = await Until.TrueAsync(
            "the poison is a dead letter",
            () => channel.BasicGetAsync($"{_name}.things.dead", autoAck: true, Cancelled),
            got => got is not null);
        Assert.Contains("poison", Encoding.UTF8.GetString(dead!.Body.Span), StringComparison.Ordinal);
        Assert.Equal(
            "The handler failed 3 times, last with InvalidOperationException.",
            Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["x-reason"]!));
        Assert.Equal(3, handler.FailuresAlone);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_postponed_event_blocks_no_other_and_is_redelivered_alone()
    {
        var database = await CreateDatabaseAsync(_name);
        var failing = new ThingHandler { Poison = "poison" };
        using (var host = Build(database, await BrokerAsync(), failing, new LogCollector(), ("Messaging:HandlerRetryDelay", "00:01:00")))
        {
            await host.StartAsync(Cancelled);
            await WaitUntilMigratedAsync(host);
            await PublishAsync(host, "tea", "poison", "coffee");
            await Until.EqualAsync(2, "the rest of the batch was handled", () => Task.FromResult(failing.Handled.Count));
            await PublishAsync(host, "milk");
            await PublishAsync(host, "sugar");
            await Until.EqualAsync(4, "the later events were handled", () => Task.FromResult(failing.Handled.Count));
            await host.StopAsync(Cancelled);
        }

        Assert.Equal(1, failing.FailuresAlone);
        var healed = new ThingHandler();
        using var next = Build(database, await BrokerAsync(), healed, new LogCollector());
        await next.StartAsync(Cancelled);
        await WaitUntilMigratedAsync(next);
        await PublishAsync(next, "last");

        await Until.EqualAsync(2, "the poison and the last were handled", () => Task.FromResult(healed.Handled.Count));
        Assert.Equal(["last", "poison"], healed.Handled.Order());
        var channel = await OpenChannelAsync();
        Assert.Null(await channel.BasicGetAsync($"{_name}.things.dead", autoAck: true, Cancelled));
        await next.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_dead_letter_without_room_waits_in_its_queue_and_blocks_no_other()
    {
        using var host = await BuildAsync(new ThingHandler(), ("Messaging:QueueMaxLength", "3"));
        var handler = host.Services.GetRequiredService<ThingHandler>();
        await host.StartAsync(Cancelled);
        await WaitUntilMigratedAsync(host);
        await PublishAsync(host, "milk");
        await Until.EqualAsync(1, "the consumer runs", () => Task.FromResult(handler.Handled.Count));
        var channel = await OpenChannelAsync();
        await Until.TrueAsync(
            "the dead-letter queue is full",
            async () =>
            {
                try
                {
                    await channel.BasicPublishAsync("", $"{_name}.things.dead", mandatory: true, body: "filler"u8.ToArray(), Cancelled);
                    return false;
                }
                catch (PublishException)
                {
                    return true;
                }
            },
            isFull => isFull);

        await channel.BasicPublishAsync("", $"{_name}.things", mandatory: true, body: "unreadable"u8.ToArray(), Cancelled);
        await PublishAsync(host, "tea");
        await Until.EqualAsync(2, "the next event was handled", () => Task.FromResult(handler.Handled.Count));

        await channel.QueuePurgeAsync($"{_name}.things.dead", Cancelled);
        var dead = await Until.TrueAsync(
            "the message is a dead letter",
            () => channel.BasicGetAsync($"{_name}.things.dead", autoAck: true, Cancelled), got => got is not null);
        Assert.Equal("unreadable", Encoding.UTF8.GetString(dead!.Body.Span));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Replicas_started_together_migrate_once_and_share_the_work()
    {
        var handlers = Enumerable.Range(0, 3).Select(_ => new ThingHandler()).ToList();
        var database = await CreateDatabaseAsync(_name);
        var broker = await BrokerAsync();
        var hosts = handlers.Select(handler => Build(database, broker, handler, new LogCollector())).ToList();
        await Task.WhenAll(hosts.Select(host => host.StartAsync(Cancelled)));
        await Task.WhenAll(hosts.Select(WaitUntilMigratedAsync));

        var names = Enumerable.Range(0, 300).Select(i => $"thing-{i}").ToArray();
        await Task.WhenAll(hosts.Select((host, i) => PublishAsync(host, names[(i * 100)..((i + 1) * 100)])));

        await Until.EqualAsync(300, "every event was handled", () => Task.FromResult(handlers.Sum(handler => handler.Handled.Count)));
        Assert.Equal(names.Order(), handlers.SelectMany(handler => handler.Handled).Order());
        var source = hosts[0].Services.GetRequiredService<NpgsqlDataSource>();
        Assert.Equal(
            Migration.From(typeof(EventOutbox).Assembly).Count, await CountAsync(source, "select count(*) from schema_migrations"));
        foreach (var host in hosts)
        {
            await host.StopAsync(Cancelled);
            host.Dispose();
        }
    }

    [Fact]
    public async Task The_purge_deletes_expired_inbox_rows_only_and_at_most_its_limit()
    {
        using var host = await StartAsync(new ThingHandler());
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        var now = DateTimeOffset.UtcNow;
        await CountAsync(
            database,
            """
            with added as (
              insert into inbox (event_id, queue, received_at)
              select gen_random_uuid(), 'q', $1 - n * interval '1 hour' from generate_series(1, 10) as n
              returning 1)
            select count(*) from added
            """,
            now);

        Assert.Equal(2, await InboxStore.PurgeAsync(database, TimeSpan.FromHours(5.5), limit: 2, Cancelled));
        Assert.Equal(3, await InboxStore.PurgeAsync(database, TimeSpan.FromHours(5.5), limit: 100, Cancelled));
        Assert.Equal(5, await CountAsync(database, "select count(*) from inbox"));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task An_event_carries_the_trace_of_its_cause()
    {
        using var host = await StartAsync(new ThingHandler());
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeclareAsync(_name, ExchangeType.Topic, durable: true, cancellationToken: Cancelled);
        await channel.QueueDeclareAsync($"{_name}.copy", durable: false, exclusive: false, autoDelete: true, cancellationToken: Cancelled);
        await channel.QueueBindAsync($"{_name}.copy", _name, "thing.happened.v1", cancellationToken: Cancelled);
        using var cause = new Activity("cause").Start();

        await PublishAsync(host, "tea");

        var copy = await Until.TrueAsync(
            "the event was published", () => channel.BasicGetAsync($"{_name}.copy", autoAck: true, Cancelled), got => got is not null);
        Assert.Contains($"\"traceparent\":\"{cause.Id}\"", Encoding.UTF8.GetString(copy!.Body.Span), StringComparison.Ordinal);
        Assert.Equal(cause.Id, Encoding.UTF8.GetString((byte[])copy.BasicProperties.Headers!["traceparent"]!));
        Assert.Equal("application/cloudevents+json", copy.BasicProperties.ContentType);
        Assert.Equal(DeliveryModes.Persistent, copy.BasicProperties.DeliveryMode);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_service_started_before_its_servers_waits_and_logs_each_wait_once()
    {
        var connection = new NpgsqlConnectionStringBuilder(await CreateDatabaseAsync(_name));
        var uri = await BrokerAsync();
        await using var database = new TcpProxy(connection.Host!, connection.Port, ProxyMode.Reset);
        await using var broker = new TcpProxy(uri.Host, uri.Port, ProxyMode.Reset);
        (connection.Host, connection.Port) = ("127.0.0.1", database.Port);
        var logs = new LogCollector();
        var handler = new ThingHandler();
        using var host = Build(
            connection.ConnectionString, new UriBuilder(uri) { Host = "127.0.0.1", Port = broker.Port }.Uri, handler, logs);

        await host.StartAsync(Cancelled);
        await Until.EqualAsync(1, "the service waits for the database", () => Task.FromResult(logs.Count("Waiting for the database")));
        Assert.False(host.Services.GetRequiredService<SchemaMigrator>().Ready.IsCompleted);

        database.Mode = ProxyMode.Forward;
        await WaitUntilMigratedAsync(host);
        await PublishAsync(host, "tea");
        await Until.EqualAsync(1, "the relay waits for the broker", () => Task.FromResult(logs.Count("The relay waits")));
        await Until.EqualAsync(
            1, "the consumer waits for the broker", () => Task.FromResult(logs.Count($"The consumer of {_name}.things waits")));
        Assert.Empty(handler.Handled);

        broker.Mode = ProxyMode.Forward;
        await Until.EqualAsync(1, "the event was handled", () => Task.FromResult(handler.Handled.Count));
        Assert.Equal(1, logs.Count("Waiting for the database"));
        Assert.Equal(1, logs.Count("The relay waits"));
        Assert.Equal(1, logs.Count($"The consumer of {_name}.things waits"));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task An_unresponsive_broker_opens_the_circuit()
    {
        var uri = await BrokerAsync();
        await using var broker = new TcpProxy(uri.Host, uri.Port, ProxyMode.HalfOpen);
        using var host = Build(
            await CreateDatabaseAsync(_name),
            new UriBuilder(uri) { Host = "127.0.0.1", Port = broker.Port }.Uri,
            new ThingHandler(),
            new LogCollector());
        var circuit = host.Services.GetRequiredService<Circuits>().RelayToBroker;

        await host.StartAsync(Cancelled);
        await Until.EqualAsync(
            true, "the circuit opens", () => Task.FromResult(circuit.State is CircuitState.Open or CircuitState.HalfOpen));

        broker.Mode = ProxyMode.Forward;
        await Until.EqualAsync(CircuitState.Closed, "the circuit closes", () => Task.FromResult(circuit.State));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Steps_of_the_clock_stop_neither_relay_nor_consumer()
    {
        var time = new SteppedTime(TimeProvider.System);
        var handler = new ThingHandler();
        var logs = new LogCollector();
        using var host = Build(await CreateDatabaseAsync(_name), await BrokerAsync(), handler, logs, time);
        await host.StartAsync(Cancelled);
        await WaitUntilMigratedAsync(host);
        var handled = 0;
        foreach (var days in new[] { 0, 60, -60, 0 })
        {
            time.Step = TimeSpan.FromDays(days);
            await PublishAsync(host, $"{days} days");
            if (days >= 0)
            {
                handled++;
            }

            await Until.EqualAsync(handled, $"the event was handled, {days} days off", () => Task.FromResult(handler.Handled.Count));
        }

        var channel = await OpenChannelAsync();
        await Until.EqualAsync(1u, "the old event is a dead letter", () => channel.MessageCountAsync($"{_name}.things.dead", Cancelled));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_replica_whose_clock_is_ahead_forgets_nothing_and_refuses_nothing()
    {
        var database = await CreateDatabaseAsync(_name);
        var handler = new ThingHandler();
        using (var host = Build(database, await BrokerAsync(), handler, new LogCollector()))
        {
            await host.StartAsync(Cancelled);
            await WaitUntilMigratedAsync(host);
            await PublishAsync(host, "tea");
            await Until.EqualAsync(1, "it was handled", () => Task.FromResult(handler.Handled.Count));
            await host.StopAsync(Cancelled);
        }

        var rows = Open(database);
        await using (var old = rows.CreateCommand("insert into inbox values (gen_random_uuid(), 'old', now() - interval '8 days')"))
        {
            await old.ExecuteNonQueryAsync(Cancelled);
        }

        var ahead = new SteppedTime(TimeProvider.System) { Step = TimeSpan.FromDays(60) };
        using var replica = Build(database, await BrokerAsync(), handler, new LogCollector(), ahead);
        await replica.StartAsync(Cancelled);

        // No relay publishes it before it is due, so it stays the oldest event.
        await using (var waiting = rows.CreateCommand("insert into outbox (id, type, body, available_at) values ($1, 'x', '', 'infinity')"))
        {
            waiting.Parameters.Add(new NpgsqlParameter { Value = Guid.CreateVersion7() });
            await waiting.ExecuteNonQueryAsync(Cancelled);
        }

        var backlog = replica.Services.GetRequiredService<OutboxBacklog>();
        await Until.EqualAsync(1, "the replica has measured the outbox", () => Task.FromResult(backlog.Rows));
        Assert.False(backlog.IsFull, $"The replica takes the event for {backlog.Age} old.");

        await Until.EqualAsync(0, "the old row was purged", () => CountAsync(rows, "select count(*) from inbox where queue = 'old'"));
        Assert.Equal(1, await CountAsync(rows, "select count(*) from inbox"));

        var channel = await OpenChannelAsync();
        await PublishAsync(channel, DateTimeOffset.UtcNow);
        await Until.EqualAsync(2, "it was handled, too", () => Task.FromResult(handler.Handled.Count));
        await replica.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Events_from_the_future_are_applied_counted_and_logged_once()
    {
        var handler = new ThingHandler();
        var logs = new LogCollector();
        using var host = Build(await CreateDatabaseAsync(_name), await BrokerAsync(), handler, logs);
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (published, reader) =>
        {
            if (published.Name == "userorder.event.from_future" && published.Meter.Scope == meters)
            {
                reader.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref counted, value));
        listener.Start();
        await host.StartAsync(Cancelled);
        await WaitUntilMigratedAsync(host);
        await PublishAsync(host, "tea");
        await Until.EqualAsync(1, "the event of now was handled", () => Task.FromResult(handler.Handled.Count));

        var channel = await OpenChannelAsync();
        for (var handled = 2; handled <= 3; handled++)
        {
            await PublishAsync(channel, DateTimeOffset.UtcNow + TimeSpan.FromDays(30));
            await Until.EqualAsync(handled, "the event of the future was handled", () => Task.FromResult(handler.Handled.Count));
        }

        await Until.EqualAsync(2, "both were counted", () => Task.FromResult((int)Interlocked.Read(ref counted)));
        Assert.Equal(1, logs.Count($"The consumer of {_name}.things applies events whose time is"));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_setting_out_of_range_stops_the_start_and_is_named()
    {
        using var host = await BuildAsync(new ThingHandler(), ("Messaging:RelayBatchSize", "0"));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancelled));

        Assert.Contains("RelayBatchSize", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_outbox_refuses_an_event_over_the_size_limit()
    {
        using var host = await BuildAsync(new ThingHandler(), ("Messaging:MaxMessageBytes", "1024"));
        var outbox = host.Services.GetRequiredService<EventOutbox>();

        Assert.Throws<ArgumentException>(() => outbox.CreateMessage(Thing.Happened, "thing", new Thing(new string('x', 1024))));
    }

    [Fact]
    public async Task The_outbox_refuses_an_event_type_that_the_service_does_not_publish()
    {
        using var host = await BuildAsync(new ThingHandler());
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        var undeclared = new EventType<Thing>("thing.undeclared.v1", Thing.Happened.Json);

        var exception = Assert.Throws<InvalidOperationException>(() => outbox.CreateMessage(undeclared, "tea", new Thing("tea")));

        Assert.Equal(
            "The service third does not publish thing.undeclared.v1. Declare the type: AddMessaging(…).Publish(…).", exception.Message);
    }

    private async Task<IHost> StartAsync(ThingHandler handler)
    {
        var host = await BuildAsync(handler, ("Messaging:HandlerAttempts", "3"));
        await host.StartAsync(Cancelled);
        await WaitUntilMigratedAsync(host);
        return host;
    }

    private static Task WaitUntilMigratedAsync(IHost host) => host.Services.GetRequiredService<SchemaMigrator>().Ready.WaitAsync(Cancelled);

    private async Task<IHost> BuildAsync(ThingHandler handler, params (string Key, string Value)[] settings) =>
        Build(await CreateDatabaseAsync(_name), await BrokerAsync(), handler, new LogCollector(), settings);

    private async Task<Uri> BrokerAsync() => new(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));

    private IHost Build(
        string database, Uri broker, ThingHandler handler, LogCollector logs, params (string Key, string Value)[] settings) =>
        Build(database, broker, handler, logs, TimeProvider.System, settings);

    private IHost Build(
        string database,
        Uri broker,
        ThingHandler handler,
        LogCollector logs,
        TimeProvider time,
        params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:thirddb"] = database;
        builder.Configuration["Messaging:Exchange"] = _name;
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker });
        builder.Services.AddSingleton(handler);
        builder.Services.AddSingleton(time);
        builder.Services.AddMetrics();
        builder.AddPostgresDatabase("thirddb", typeof(ThirdServiceTests).Assembly);
        builder.AddMessaging("third").Publish(Thing.Happened).Subscribe<Thing, ThingHandler>(Thing.Happened, $"{_name}.things");
        return builder.Build();
    }

    /// <summary>A group commit that writes all events but those of the thing "refused".</summary>
    private static GroupCommit<OutboxMessage, bool> GroupCommitOf(EventOutbox outbox)
    {
        return outbox.CreateGroupCommit<OutboxMessage, bool>(
            "INSERT things",
            eventOf: message => message,
            isWritten: result => result,
            async (messages, connection, cancellationToken) =>
            {
                await using var command = new NpgsqlCommand(OutboxStore.Insert, connection);
                OutboxStore.AddParameters(command, [.. messages.Where(IsTaken)]);
                await command.ExecuteNonQueryAsync(cancellationToken);
                return [.. messages.Select(IsTaken)];
            });

        static bool IsTaken(OutboxMessage message) => !Encoding.UTF8.GetString(message.Body).Contains("refused", StringComparison.Ordinal);
    }

    private async Task PublishAsync(IChannel channel, DateTimeOffset time)
    {
        var body = CloudEventWriter.Write(
            Thing.Happened, Guid.CreateVersion7(), "/tests", "coffee", time, origin: null, new Thing("coffee"));
        await channel.BasicPublishAsync("", $"{_name}.things", mandatory: true, body, Cancelled);
    }

    private static async Task PublishAsync(IHost host, params string[] names)
    {
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await using var transaction = await outbox.BeginTransactionAsync(Cancelled);
        await transaction.WriteAsync(
            [.. names.Select(name => outbox.CreateMessage(Thing.Happened, name, new Thing(name)))], Cancelled);
        await transaction.CommitAsync(Cancelled);
    }

    private sealed class ThingHandler : IEventHandler<Thing>
    {
        public ConcurrentQueue<string> Handled { get; } = [];

        public string? Poison { get; init; }

        /// <summary>Whether the handler publishes "pong" for each "ping".</summary>
        public bool Answers { get; init; }

        public EventOutbox? Outbox { get; set; }

        public int FailuresAlone { get; private set; }

        public async Task HandleAsync(
            IReadOnlyList<ReceivedEvent<Thing>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            if (events.Any(thing => thing.Data.Name == Poison))
            {
                FailuresAlone += events.Count == 1 ? 1 : 0;
                throw new InvalidOperationException("poison");
            }

            foreach (var thing in events)
            {
                Handled.Enqueue(thing.Data.Name);
                if (Answers && thing.Data.Name == "ping")
                {
                    await transaction.WriteAsync([Outbox!.CreateMessage(Thing.Happened, "pong", new Thing("pong"))], cancellationToken);
                }
            }
        }
    }
}
