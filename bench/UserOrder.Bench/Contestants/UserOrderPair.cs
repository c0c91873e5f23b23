using System.Diagnostics;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>UserOrder as it is shipped: published in Release, production settings. Without a receiver it delivers no telemetry.</summary>
internal sealed class UserOrderPair(BenchServers servers, BenchFolders folders, TelemetryReceiver? receiver = null)
    : StoringPair(receiver is null ? PairName : $"{PairName} with telemetry", servers, folders)
{
    public const string PairName = "UserOrder";

    /// <summary>The share of the traces that are kept where telemetry is delivered.</summary>
    public const double SampledShare = 0.05;

    private static readonly TimeSpan EventTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RelayTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    protected override string OutboxTable => "outbox";

    protected override ProcessSpecification UserCommand => Command("UserOrder.UserApi", UserUrl, "userdb", UserDatabase);

    protected override ProcessSpecification OrderCommand => Command("UserOrder.OrderApi", OrderUrl, "orderdb", OrderDatabase);

    /// <summary>Creates a user, listens for the event on a queue of its own, and returns the bytes of the event's body.</summary>
    public async Task<int> SampleEventBytesAsync()
    {
        await using var connection = await Servers.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, "user-order.events", "user.created.v1");
        var bytes = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) => Task.FromResult(bytes.TrySetResult(message.Body.Length));
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        await CreateOneAsync();
        await bytes.Task.WithinAsync(EventTimeout, () => $"{Name} has published no event");
        return await bytes.Task;
    }

    public Uri UserOrigin => UserUrl;

    public Uri OrderOrigin => OrderUrl;

    /// <summary>The ids of stored users, whom the order service knows.</summary>
    public async Task<IReadOnlyList<Guid>> UserIdsAsync(int count)
    {
        await using var connection = await Servers.Database.OpenAsync(UserDatabase);
        await using var command = new NpgsqlCommand($"select id from users order by id limit {count}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>Waits until both outboxes are empty.</summary>
    public async Task WaitUntilRelayedAsync()
    {
        foreach (var database in (string[])[UserDatabase, OrderDatabase])
        {
            await using var connection = await Servers.Database.OpenAsync(database);
            await using var command = new NpgsqlCommand("select exists (select from outbox)", connection);
            var waited = Stopwatch.StartNew();
            while ((bool)(await command.ExecuteScalarAsync())!)
            {
                if (waited.Elapsed > RelayTimeout)
                {
                    throw new BenchException($"Events have been in {database} for {RelayTimeout.TotalSeconds:0} s.");
                }

                await Task.Delay(PollInterval);
            }
        }
    }

    protected override string StoreKnownUsers(int count) =>
        $"""
        {base.StoreKnownUsers(count)};
        insert into inbox (event_id, queue, received_at)
        select {OldUuid}, 'order-api.user-created', {OldTime} from generate_series(1, {count}) as n
        """;

    /// <summary>With telemetry: logs, metrics and a share of the traces, with the intervals that the standard gives.</summary>
    protected override ProcessSpecification Command(string project, Uri url, string databaseName, string database)
    {
        var command = base.Command(project, url, databaseName, database);
        return receiver is null ? command : command with
        {
            Environment = new Dictionary<string, string?>(command.Environment)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
                ["OTEL_TRACES_SAMPLER_ARG"] = $"{SampledShare}",
            },
        };
    }
}
