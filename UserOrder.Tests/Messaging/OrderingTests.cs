using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Messaging;

/// <summary>Events with an ordering key. <c>USERORDER_FAULT_SEED</c> repeats the faults of an earlier run.</summary>
public sealed class OrderingTests(RunningGraph graph, ITestOutputHelper output) : IntegrationTest(graph)
{
    private const int Writers = 4;
    private static readonly string[] Keys = ["a", "b", "c", "d", "e", "f"];

    private readonly string _name = $"ordered_{Guid.NewGuid():N}";

    [Fact]
    public async Task Events_of_a_key_take_effect_in_the_order_of_their_commits_through_all_faults()
    {
        var seed = Environment.GetEnvironmentVariable("USERORDER_FAULT_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"USERORDER_FAULT_SEED={seed}");
        var random = new Random(seed);
        var connectionString = await CreateDatabaseAsync(_name);
        var database = Open(connectionString);
        await CountingService.PrepareAsync(database, Cancelled);
        await using var first = await CountingReplica.StartAsync(_name, connectionString, await BrokerAsync(), random);
        await using var second = await CountingReplica.StartAsync(_name, connectionString, await BrokerAsync(), random);
        CountingReplica[] replicas = [first, second];

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var writing = Enumerable.Range(0, Writers)
            .Select(i => CountUntilCancelledAsync(replicas, new Random(seed + i), ending.Token))
            .ToList();
        var faults = Enum.GetValues<Fault>();
        random.Shuffle(faults);
        foreach (var fault in faults)
        {
            output.WriteLine($"{fault}");
            await InjectAsync(fault, replicas[random.Next(replicas.Length)], database, random);
            var applied = await AppliedAsync(database);
            await Until.TrueAsync($"events take effect after {fault}", () => AppliedAsync(database), now => now > applied + 20);
        }

        await ending.CancelAsync();
        await Task.WhenAll(writing);
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(database, "select count(*) from outbox"));
        await Until.EqualAsync(
            await CountAsync(database, "select (select sum(number) from counts) + (select count(*) from transactions)"),
            "all events have taken effect",
            () => AppliedAsync(database));
        foreach (var key in Keys)
        {
            var counted = await CountAsync(database, "select number::bigint from counts where key = $1", key);
            Assert.Equal(Enumerable.Range(1, (int)counted), await NumbersAsync(database, key));
        }
    }

    [Fact]
    public async Task Events_of_a_type_without_a_queue_hold_up_no_other_type_and_keep_their_order()
    {
        using var host = await BuildAsync();
        await host.StartAsync(Cancelled);
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await using (var transaction = await outbox.BeginTransactionAsync(Cancelled))
        {
            var lost = Enumerable.Range(0, 5).Select(i => outbox.CreateMessage(Thing.Happened, $"{i}", new Thing($"{i}"), "a"));
            await transaction.WriteAsync([.. lost], Cancelled);
            await transaction.CommitAsync(Cancelled);
        }

        await CountingService.CountAsync(host, ["a"], Cancelled);
        await Until.EqualAsync(2, "the events of the other type take effect", () => AppliedAsync(database));
        Assert.Equal(5, await CountAsync(database, "select count(*) from outbox"));

        var channel = await OpenChannelAsync();
        var queue = await channel.QueueDeclareAsync(cancellationToken: Cancelled);
        await channel.QueueBindAsync(queue.QueueName, _name, Thing.Happened.Name, cancellationToken: Cancelled);
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(database, "select count(*) from outbox"));
        var subjects = new List<string>();
        while (await channel.BasicGetAsync(queue.QueueName, autoAck: true, Cancelled) is { } message)
        {
            subjects.AddRange(TestEvents.EventsIn(message).Select(read => read.GetProperty("subject").GetString()!));
        }

        Assert.Equal(["0", "1", "2", "3", "4"], subjects.Distinct());
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_queue_that_exists_with_other_arguments_is_not_consumed()
    {
        var channel = await OpenChannelAsync();
        var queue = CountingService.QueueOf(_name);
        await channel.QueueDeclareAsync(
            queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: Cancelled);
        var logs = new LogCollector();
        using var host = await BuildAsync(logs);
        await host.StartAsync(Cancelled);

        await Until.TrueAsync(
            "the consumer waits", () => Task.FromResult(logs.CountOf("must keep the order")), count => count > 0);
        Assert.Equal(0u, (await channel.QueueDeclarePassiveAsync(queue, Cancelled)).ConsumerCount);
        await host.StopAsync(Cancelled);
        await channel.QueueDeleteAsync(queue, cancellationToken: Cancelled);
    }

    [Fact]
    public async Task An_event_waits_for_the_commit_of_an_earlier_one_of_its_key_and_no_other_one_does()
    {
        using var host = await BuildAsync();
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await using var earlier = await WriteAsync(outbox, "a");

        var later = WriteAsync(outbox, "a");
        await Until.EqualAsync(
            1, "the later transaction waits", () => CountAsync(database, RivalReplica.CountOfBlockedStatements));
        await using var other = await WriteAsync(outbox, "b");

        await other.CommitAsync(Cancelled);
        Assert.False(later.IsCompleted);
        await earlier.CommitAsync(Cancelled);
        await using var written = await later;
        await written.CommitAsync(Cancelled);
        Assert.Equal(3, await CountAsync(database, "select count(distinct position) from outbox where available_at = 'infinity'"));
    }

    [Fact]
    public async Task A_group_commit_refuses_an_event_with_an_ordering_key()
    {
        using var host = await BuildAsync();
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        var commit = outbox.CreateGroupCommit<OutboxMessage, bool>(
            "INSERT things", message => message, isWritten => isWritten, (_, _, _) => throw new NotSupportedException());

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => commit.WriteAsync(outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea"), "a"), Cancelled));

        Assert.Contains("ordering key", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordering_key_has_1_to_255_characters()
    {
        using var host = await BuildAsync();
        var outbox = host.Services.GetRequiredService<EventOutbox>();

        Assert.Equal(255, outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea"), new string('a', 255)).OrderingKey!.Length);
        Assert.Throws<ArgumentException>("orderingKey", () => outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea"), ""));
        Assert.Throws<ArgumentException>(
            "orderingKey", () => outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea"), new string('a', 256)));
    }

    /// <summary>Writes an event in a transaction that stays open.</summary>
    private static async Task<OutboxTransaction> WriteAsync(EventOutbox outbox, string orderingKey)
    {
        var transaction = await outbox.BeginTransactionAsync(Cancelled);
        await transaction.WriteAsync([outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea"), orderingKey)], Cancelled);
        return transaction;
    }

    private static async Task CountUntilCancelledAsync(CountingReplica[] replicas, Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var keys = Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Keys[random.Next(Keys.Length)]);
                await CountingService.CountAsync(replicas[random.Next(replicas.Length)].Host, keys, cancellationToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or ObjectDisposedException)
            {
                // The transaction has taken place or not: the database knows.
            }
        }
    }

    private async Task InjectAsync(Fault fault, CountingReplica replica, NpgsqlDataSource database, Random random)
    {
        var proxy = random.Next(2) == 0 ? replica.ToBroker : replica.ToDatabase;
        switch (fault)
        {
            case Fault.Reset:
                proxy.Mode = ProxyMode.Reset;
                proxy.Mode = ProxyMode.Forward;
                break;
            case Fault.Stall:
                proxy.Mode = ProxyMode.Stall;
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500)), Cancelled);
                proxy.Mode = ProxyMode.Forward;
                break;
            case Fault.EndOfAllSessions:
                await CountAsync(
                    database,
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                    """);
                break;
            case Fault.Pause:
                var pauses = new PauseStore(database);
                await pauses.SetAsync(CountingService.QueueOf(_name), isPaused: true, by: null, Cancelled);
                await Until.EqualAsync(true, "the replica has paused", () => Task.FromResult(replica.IsPaused));
                await pauses.SetAsync(CountingService.QueueOf(_name), isPaused: false, by: null, Cancelled);
                break;
            default:
                await replica.RestartAsync();
                break;
        }
    }

    private async Task<IHost> BuildAsync(LogCollector? logs = null)
    {
        var connectionString = await CreateDatabaseAsync(_name);
        await CountingService.PrepareAsync(Open(connectionString), Cancelled);
        return await CountingService.BuildAsync(_name, connectionString, await BrokerAsync(), failures: null, logs);
    }

    private async Task<Uri> BrokerAsync() => new(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));

    private static Task<long> AppliedAsync(NpgsqlDataSource database) => CountAsync(database, "select count(*) from applied");

    private static async Task<List<int>> NumbersAsync(NpgsqlDataSource database, string key)
    {
        await using var command = database.CreateCommand("select number from applied where key = $1 order by place");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var numbers = new List<int>();
        while (await reader.ReadAsync(Cancelled))
        {
            numbers.Add(reader.GetInt32(0));
        }

        return numbers;
    }

    /// <summary>Each happens once, in any order.</summary>
    private enum Fault
    {
        Reset,
        Stall,
        EndOfAllSessions,
        Pause,
        Restart,
    }
}
