using System.Text;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.Simulation.Measuring;

/// <summary>The graph as it is shipped, with databases that count.</summary>
internal sealed class MeasuredSystem : IAsyncDisposable
{
    private const string Broker = "rabbitmq";
    private static readonly string[] Services = ["user-api", "order-api"];
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly ManifestGraph _graph;

    private MeasuredSystem(ManifestGraph graph)
    {
        _graph = graph;
        Users = new DatabaseMeter(graph.GetConnectionString("userdb"));
        Orders = new DatabaseMeter(graph.GetConnectionString("orderdb"));
    }

    public DatabaseMeter Users { get; }

    public DatabaseMeter Orders { get; }

    private Uri Url => _graph.GetEndpoint("user-api");

    public static async Task<MeasuredSystem> StartAsync(string manifestPath)
    {
        var graph = await ManifestGraph.StartAsync(new ManifestGraphOptions
        {
            ManifestPath = manifestPath,
            EphemeralPorts = true,
            Environment = "Production",
            ExtraEnvironment = Services.ToDictionary(
                service => service, IReadOnlyDictionary<string, string> (_) => new Dictionary<string, string> { ["Security__Open"] = "true" }),
        });
        var system = new MeasuredSystem(graph);
        try
        {
            await PrepareAsync("user-postgres", system.Users);
            await PrepareAsync("order-postgres", system.Orders);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }

        async Task PrepareAsync(string server, DatabaseMeter meter)
        {
            await meter.PrepareAsync();
            await graph.StopAsync(server);
            await graph.StartAsync(server);
            await meter.CreateExtensionAsync();
        }
    }

    public Task StopBrokerAsync() => _graph.StopAsync(Broker);

    public Task StartBrokerAsync() => _graph.StartAsync(Broker);

    public Task<LoadReport> LoadAsync(int connections, int seconds) => LoadGenerator.RunAsync(Url, connections, seconds);

    /// <summary>What runs here, and in which version.</summary>
    public async Task<string> VersionsAsync()
    {
        var factory = new ConnectionFactory { Uri = new Uri(_graph.GetConnectionString(Broker)) };
        await using var connection = await factory.CreateConnectionAsync();
        var broker = connection.ServerProperties?["version"] is byte[] version ? Encoding.UTF8.GetString(version) : "";
        var database = await Users.ReadAsync("select current_setting('server_version_num')::float8");
        return $"RabbitMQ {broker}, PostgreSQL {(int)database / 10_000}.{database % 10_000}, .NET {Environment.Version}";
    }

    public async Task<Counters> ReadAsync() => new()
    {
        Cpu = ProcessTimes.CpuSeconds(),
        WrittenBytes = ProcessTimes.WrittenBytes(),
        MachineCpu = ProcessTimes.MachineCpuSeconds(),
        WireBytes = ProcessTimes.LoopbackBytes(),
        Inserts = await Users.CallsAsync("with input as"),
        RelayBatches = await Users.CallsAsync("delete from outbox"),
        ConsumerBatches = await Orders.CallsAsync("insert into inbox"),
        Consumed = await Orders.ReadAsync("select count(*)::float8 from inbox"),
        UserLogBytes = await Users.LogBytesAsync(),
        OrderLogBytes = await Orders.LogBytesAsync(),
    };

    /// <summary>Waits until every user's event has taken effect.</summary>
    public async Task DrainAsync()
    {
        using var limit = new CancellationTokenSource(DrainLimit);
        while (!await IsDrainedAsync())
        {
            await Task.Delay(Poll, limit.Token);
        }
    }

    /// <summary>To count rows takes time that would be taken for the system's own, so the outbox is asked first.</summary>
    private async Task<bool> IsDrainedAsync()
    {
        try
        {
            return await Users.ReadAsync("select count(*)::float8 from (select from outbox limit 1) as waiting") == 0
                && await Users.ReadAsync("select count(*)::float8 from users") == await Orders.ReadAsync("select count(*)::float8 from inbox");
        }
        catch (NpgsqlException)
        {
            // A pooled connection from before the server's restart.
            return false;
        }
    }

    /// <summary>How many events were committed in OrderApi from one moment to another.</summary>
    public Task<double> CommittedAsync(DateTimeOffset from, DateTimeOffset to) => Orders.ReadAsync(
        "select count(*)::float8 from inbox where pg_xact_commit_timestamp(xmin) >= $1 and pg_xact_commit_timestamp(xmin) < $2", from, to);

    /// <summary>A quantile of the milliseconds from an event's time to the commit of its effect, over the events of that time.</summary>
    /// <remarks>The first 48 bits of an event's id, a UUIDv7 (RFC 9562), are its time in milliseconds.</remarks>
    public Task<double> LagAsync(double quantile, DateTimeOffset from, DateTimeOffset to) => Orders.ReadAsync(
        """
        with event as (
          select ('x' || lpad(substr(replace(event_id::text, '-', ''), 1, 12), 16, '0'))::bit(64)::bigint::float8 as created,
                 extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as committed
          from inbox
        )
        select percentile_cont($1) within group (order by committed - created) from event where created >= $2 and created < $3
        """,
        quantile,
        (double)from.ToUnixTimeMilliseconds(),
        (double)to.ToUnixTimeMilliseconds());

    public async ValueTask DisposeAsync()
    {
        await Users.DisposeAsync();
        await Orders.DisposeAsync();
        await _graph.DisposeAsync();
    }
}
