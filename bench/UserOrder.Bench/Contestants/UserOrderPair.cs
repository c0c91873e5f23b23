using System.Diagnostics;
using System.Globalization;
using RabbitMQ.Client;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>UserOrder as it is shipped: published in Release, production settings.</summary>
/// <param name="servers">What it runs on.</param>
/// <param name="folders">Where it was published to.</param>
/// <param name="receiver">Where it delivers its telemetry; <c>null</c> for its default, which is nowhere.</param>
internal sealed class UserOrderPair(BenchServers servers, BenchFolders folders, TelemetryReceiver? receiver = null)
    : StoringPair(receiver is null ? PairName : ObservedName, servers, folders)
{
    public const string PairName = "UserOrder";
    public const string ObservedName = "UserOrder with telemetry";

    /// <summary>The share of the traces that are kept where telemetry is delivered.</summary>
    public const double SampledShare = 0.05;

    private static readonly TimeSpan EventTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public override bool MayLoseEvents => false;

    protected override string CreatePath => "/v1/users";

    protected override bool HasOutbox => true;

    protected override ProcessSpecification UserCommand => Observed(Command("UserOrder.UserApi", UserUrl, "userdb", UserDatabase));

    protected override ProcessSpecification OrderCommand => Observed(Command("UserOrder.OrderApi", OrderUrl, "orderdb", OrderDatabase));

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

    /// <summary>Logs, metrics and a share of the traces, with the intervals that the standard gives.</summary>
    private ProcessSpecification Observed(ProcessSpecification command) => receiver is null
        ? command
        : command with
        {
            Environment = new Dictionary<string, string?>(command.Environment)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
                ["OTEL_TRACES_SAMPLER_ARG"] = SampledShare.ToString(CultureInfo.InvariantCulture),
            },
        };
}
