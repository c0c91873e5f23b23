using System.Diagnostics;
using RabbitMQ.Client;
using UserOrder.Bench.Servers;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>UserOrder as it is shipped: published in Release, production settings, telemetry at its default.</summary>
internal sealed class UserOrderPair(BenchServers servers, BenchFolders folders, ProcessWatchdog watchdog)
    : StoringPair(PairName, servers, folders, watchdog)
{
    public const string PairName = "UserOrder";

    private static readonly TimeSpan EventTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public override bool MayLoseEvents => false;

    protected override string CreatePath => "/v1/users";

    protected override bool HasOutbox => true;

    protected override ProcessSpecification UserCommand => Command("UserOrder.UserApi", UserUrl, "userdb", UserDatabase);

    protected override ProcessSpecification OrderCommand => Command("UserOrder.OrderApi", OrderUrl, "orderdb", OrderDatabase);

    protected override string StoreKnownUsers(int count) =>
        $"""
        insert into known_users (id) select {OldUuid} from generate_series(1, {count}) as n;
        insert into inbox (event_id, queue, received_at)
        select {OldUuid}, 'order-api.user-created', {OldTime} from generate_series(1, {count}) as n
        """;

    /// <summary>Creates a user, and listens for the event on a queue of its own.</summary>
    /// <returns>The bytes of the event's body.</returns>
    public async Task<int> SampleEventBytesAsync()
    {
        await using var connection = await Servers.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, "user-order.events", "user.created.v1");
        await CreateOneAsync();
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < EventTimeout)
        {
            if (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
            {
                return message.Body.Length;
            }

            await Task.Delay(PollInterval);
        }

        throw new BenchException($"{Name} has published no event within {EventTimeout.TotalSeconds} s.");
    }
}
