using UserOrder.Bench;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Processes;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Simulation.Measuring;

/// <summary>The services as they were built, each with a database that counts.</summary>
internal sealed class MeasuredSystem : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly RabbitMqServer _broker = new();
    private readonly PostgresServer _userDatabase = new(DatabaseMeter.Settings);
    private readonly PostgresServer _orderDatabase = new(DatabaseMeter.Settings);
    private readonly Uri _userUrl = FreeUrl();
    private ServiceProcess? _userApi;
    private ServiceProcess? _orderApi;

    private MeasuredSystem()
    {
        Users = new DatabaseMeter(_userDatabase.ConnectionString(PostgresServer.DefaultDatabase));
        Orders = new DatabaseMeter(_orderDatabase.ConnectionString(PostgresServer.DefaultDatabase));
    }

    public DatabaseMeter Users { get; }

    public DatabaseMeter Orders { get; }

    /// <exception cref="BenchException">A server or a service did not start.</exception>
    public static async Task<MeasuredSystem> StartAsync(Folders folders)
    {
        var system = new MeasuredSystem();
        try
        {
            await Task.WhenAll(system._broker.StartAsync(), system._userDatabase.StartAsync(), system._orderDatabase.StartAsync());
            await system.Users.PrepareAsync();
            await system.Orders.PrepareAsync();
            system._userApi = await system.StartServiceAsync(folders, "UserOrder.UserApi", system._userUrl, "userdb", system._userDatabase);
            system._orderApi = await system.StartServiceAsync(folders, "UserOrder.OrderApi", FreeUrl(), "orderdb", system._orderDatabase);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public Task StopBrokerAsync() => _broker.StopAsync();

    public Task StartBrokerAsync() => _broker.StartAsync();

    public Task<LoadReport> LoadAsync(int connections, int seconds) => LoadGenerator.RunAsync(_userUrl, connections, seconds);

    /// <summary>What runs here, and in which version.</summary>
    public async Task<string> VersionsAsync() =>
        $"RabbitMQ {await _broker.VersionAsync()}, PostgreSQL {await _userDatabase.VersionAsync()}, .NET {Environment.Version}";

    public async Task<Counters> ReadAsync() => new()
    {
        Cpu = CpuSeconds(),
        BrokerWrittenBytes = _broker.WrittenBytes,
        MachineCpu = MachineTotals.CpuSeconds(),
        WireBytes = MachineTotals.LoopbackBytes(),
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
    private async Task<bool> IsDrainedAsync() =>
        await Users.ReadAsync("select count(*)::float8 from (select from outbox limit 1) as waiting") == 0
        && await Users.ReadAsync("select count(*)::float8 from users") == await Orders.ReadAsync("select count(*)::float8 from inbox");

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
        foreach (var service in new[] { _userApi, _orderApi }.OfType<ServiceProcess>())
        {
            await service.KillAsync();
        }

        foreach (var server in new LocalServer[] { _broker, _userDatabase, _orderDatabase })
        {
            await server.DisposeAsync();
        }
    }

    private static Uri FreeUrl() => new($"http://127.0.0.1:{FreePort.Next()}");

    private Dictionary<Part, double> CpuSeconds() => new()
    {
        [Part.UserApi] = _userApi!.CpuSeconds,
        [Part.OrderApi] = _orderApi!.CpuSeconds,
        [Part.Broker] = _broker.CpuSeconds,
        [Part.UserDatabase] = _userDatabase.CpuSeconds,
        [Part.OrderDatabase] = _orderDatabase.CpuSeconds,

        // The load generator has ended by now and has left its time to this process.
        [Part.Client] = ProcFile.CpuSecondsOfEndedChildren(),
    };

    private Task<ServiceProcess> StartServiceAsync(Folders folders, string project, Uri url, string databaseName, PostgresServer database)
    {
        var connectionString = database.ConnectionString(PostgresServer.DefaultDatabase);
        var command = StoringPair.Command(folders.Build(project), project, url, _userUrl, _broker.Uri, databaseName, connectionString);
        return ServiceProcess.StartAsync(project, command, url, folders.Log(project));
    }
}
