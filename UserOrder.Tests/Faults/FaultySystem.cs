using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Processes;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Faults;

/// <summary>
/// A separate graph with two replicas of each service. Each replica reaches its servers and the other service through its own proxies;
/// the test connects directly.
/// </summary>
public sealed class FaultySystem : IAuditedSystem, IAsyncLifetime
{
    internal const string Broker = "rabbitmq";
    internal const string UserDatabase = "user-postgres";
    internal const string OrderDatabase = "order-postgres";
    internal const string ExchangeOfEvents = "the exchange of events";
    internal const string BindingOfQueue = "the binding of a queue";
    internal const string ExchangeOfQueue = "the exchange of a queue";
    internal const string RightsOfUser = "the rights of a user";
    internal const string User = "a user";

    // Small enough that the queue of a stopped consumer fills within seconds.
    private const int QueueMaxLength = 500;

    private readonly string _password = Guid.NewGuid().ToString("N");
    private readonly string _folder = Directory.CreateTempSubdirectory("userorder-faults-").FullName;
    private readonly Dictionary<string, TcpProxy> _links = [];
    private readonly Dictionary<string, SteppedClock> _clocks = [];
    private readonly Dictionary<string, FaultyDatabase> _databases = [];
    private LocalGraph? _graph;
    private string? _reasonToSkip;
    private volatile bool _crashIsDue;

    internal static string[] UserApis { get; } = ["user-api", GraphChanges.SecondOf("user-api")];

    internal static string[] OrderApis { get; } = ["order-api", GraphChanges.SecondOf("order-api")];

    internal static string[] Services { get; } = [.. UserApis, .. OrderApis];

    internal static string[] Servers { get; } = [Broker, UserDatabase, OrderDatabase];

    internal static string[] Topology { get; } = [ExchangeOfEvents, BindingOfQueue, ExchangeOfQueue, RightsOfUser, User];

    private static IEnumerable<string> Passwords =>
        ((string[])[.. Servers, "user-api-rabbitmq", "user-api-userdb", "order-api-rabbitmq", "order-api-orderdb"])
            .Select(login => $"{login}-password");

    /// <summary>The connections from each service to its servers and to the other service.</summary>
    internal static string[] Links { get; } =
    [
        .. Services.Select(service => LinkOf(service, Broker)),
        .. UserApis.Select(service => LinkOf(service, UserDatabase)),
        .. OrderApis.Select(service => LinkOf(service, OrderDatabase)),
        .. OrderApis.Zip(UserApis, LinkOf),
    ];

    internal LocalGraph Graph => _graph ?? throw new InvalidOperationException("The system has not been started.");

    internal Ledger Ledger { get; } = new();

    /// <summary>The processes that exited without a request, or with an error after one.</summary>
    internal ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; } = new();

    /// <summary>Whether an armed crash is still expected.</summary>
    internal bool IsCrashDue => _crashIsDue;

    internal NpgsqlDataSource UserDb => Database(UserDatabase).Source;

    internal NpgsqlDataSource OrderDb => Database(OrderDatabase).Source;

    Ledger IAuditedSystem.Ledger => Ledger;

    NpgsqlDataSource IAuditedSystem.UserDb => UserDb;

    NpgsqlDataSource IAuditedSystem.OrderDb => OrderDb;

    ConcurrentQueue<UnexpectedExit> IAuditedSystem.UnexpectedExits => UnexpectedExits;

    /// <summary>Whether no process has reached the armed fail point.</summary>
    internal bool IsArmed => File.Exists(FailPointFile);

    /// <summary>Where the services record the fail points that events pass.</summary>
    internal string TraceFolder => Path.Combine(_folder, "traces");

    private string FailPointFile => Path.Combine(_folder, "fail-point");

    public async ValueTask InitializeAsync()
    {
        _reasonToSkip = ServersOfThisMachine.ReasonToSkip()
            ?? (SteppedClock.Library is null ? "Not installed: libfaketime. ./test.sh installs it on Debian and Ubuntu." : null);
        if (_reasonToSkip is not null)
        {
            return;
        }

        (string Resource, string Endpoint)[] ports =
        [
            (Broker, "tcp"),
            (UserDatabase, "tcp"),
            (OrderDatabase, "tcp"),
            .. UserApis.Select(service => (service, "http")),
        ];
        var free = ports.ToDictionary(endpoint => endpoint, _ => FreePort.Next());
        foreach (var link in Links)
        {
            var (_, server) = EndsOf(link);
            _links[link] = new TcpProxy("localhost", free.Single(port => port.Key.Resource == server).Value);
        }

        Directory.CreateDirectory(TraceFolder);
        foreach (var service in Services)
        {
            _clocks[service] = new SteppedClock(Path.Combine(_folder, $"{service}.clock"));
        }

        _graph = await LocalGraph.StartAsync(
            new GraphOptions
            {
                Configuration = "FailPoints",
                Replicated = ["user-api", "order-api"],
                Ports = free,
                Parameters = Passwords.ToDictionary(name => name, _ => _password),
                ExtraEnvironment = Services.ToDictionary(service => service, EnvironmentOf),
                OnUnexpectedExit = NoteUnexpectedExit,
            },
            TestContext.Current.CancellationToken);

        foreach (var (server, database) in ((string, string)[])[(UserDatabase, "userdb"), (OrderDatabase, "orderdb")])
        {
            _databases[server] = new FaultyDatabase(
                _graph,
                server,
                await _graph.GetConnectionStringAsync(database, TestContext.Current.CancellationToken),
                _links.Where(link => EndsOf(link.Key).Server == server).Select(link => link.Value));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values)
        {
            await database.DisposeAsync();
        }

        if (_graph is not null)
        {
            await _graph.DisposeAsync();
        }

        foreach (var link in _links.Values)
        {
            await link.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    internal static string LinkOf(string service, string server) => $"{service} > {server}";

    /// <summary>Skips the test, with the reason, if the servers are not installed.</summary>
    internal void RequireServers() => Assert.SkipWhen(_reasonToSkip is not null, _reasonToSkip ?? "");

    internal TcpProxy Link(string name) => _links[name];

    internal FaultyDatabase Database(string server) => _databases[server];

    /// <summary>The wall clock of a replica.</summary>
    internal SteppedClock Clock(string service) => _clocks[service];

    internal Task StopServicesAsync(IEnumerable<string> services) =>
        Task.WhenAll(services.Select(service => Graph.StopAsync(service, TestContext.Current.CancellationToken)));

    internal Task StartServicesAsync(IEnumerable<string> services) =>
        Task.WhenAll(services.Select(service => Graph.StartAsync(service, TestContext.Current.CancellationToken)));

    internal async Task<IConnection> ConnectToBrokerAsync()
    {
        var uri = new Uri(await Graph.GetConnectionStringAsync(Broker, TestContext.Current.CancellationToken));
        var factory = new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false };
        return await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
    }

    Task<IConnection> IAuditedSystem.ConnectToBrokerAsync() => ConnectToBrokerAsync();

    /// <summary>Arms a fail point: the first service to reach it kills itself.</summary>
    internal Task ArmAsync(string failPoint)
    {
        _crashIsDue = true;
        return SelectAsync($"kill {failPoint}");
    }

    /// <summary>Arms a fail point: the first replica to reach it freezes until <see cref="ThawAsync"/>.</summary>
    /// <param name="failPoint">The fail point.</param>
    /// <param name="program">The program of a service; null for any.</param>
    internal Task ArmFreezeAsync(string failPoint, string? program = null) => SelectAsync($"freeze {failPoint} {program}".TrimEnd());

    /// <summary>Resumes the frozen processes, and disarms a fail point that no process has reached.</summary>
    internal async Task ThawAsync()
    {
        File.Delete(FailPointFile);
        foreach (var reached in Directory.GetFiles(_folder, "fail-point.freeze.*"))
        {
            var id = int.Parse(Path.GetExtension(reached)[1..], CultureInfo.InvariantCulture);
            await Until.EqualAsync(false, $"process {id} is frozen or gone", () => Task.FromResult(IsRunning(id)));
            Signals.Send(id, Signal.Continue);
            File.Delete(reached);
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            // T is stopped, Z is a zombie.
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('T' or 'Z');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task SelectAsync(string plan)
    {
        var written = Path.Combine(_folder, "plan");
        await File.WriteAllTextAsync(written, plan, TestContext.Current.CancellationToken);
        File.Move(written, FailPointFile, overwrite: true);
    }

    private static (string Service, string Server) EndsOf(string link) =>
        link.Split(" > ") is [var service, var server] ? (service, server) : default;

    private IReadOnlyDictionary<string, string> EnvironmentOf(string service)
    {
        var isFirst = UserApis[0] == service || OrderApis[0] == service;
        var environment = new Dictionary<string, string>(_clocks[service].Environment)
        {
            ["ConnectionStrings__rabbitmq"] = $"amqp://{UserOf(service)}:{_password}@127.0.0.1:{_links[LinkOf(service, Broker)].Port}",
            ["Messaging__QueueMaxLength"] = $"{QueueMaxLength}",
            ["USERORDER_FAIL_POINT_FILE"] = FailPointFile,
            ["USERORDER_FAIL_POINT_TRACE"] = Path.Combine(TraceFolder, service),

            // Messages of both kinds pass, and those with one event fill a queue. Events pass both ways from their commit to the relay.
            ["Messaging__MaxEventsPerMessage"] = isFirst ? "100" : "1",
            ["Messaging__HandOverBytes"] = isFirst ? "1000000" : "0",

            // The other replicas take over what a dead one had in memory 5 s later than that.
            ["Messaging__ConfirmTimeout"] = "00:00:05",
        };
        if (UserApis.Contains(service))
        {
            AddDatabase(UserDatabase, "userdb");
        }
        else
        {
            AddDatabase(OrderDatabase, "orderdb");
            var userApi = UserApis[Array.IndexOf(OrderApis, service)];
            environment["services__user-api__http__0"] = $"http://127.0.0.1:{_links[LinkOf(service, userApi)].Port}";
        }

        return environment;

        void AddDatabase(string server, string name)
        {
            var database = $"Host=127.0.0.1;Port={_links[LinkOf(service, server)].Port};Password={_password};Database={name}";
            environment[$"ConnectionStrings__{name}"] = $"{database};Username={UserOf(service).Replace('-', '_')}";
            environment[$"ConnectionStrings__{name}-owner"] = $"{database};Username=postgres";
        }
    }

    /// <summary>The login that the replicas of a service share.</summary>
    private static string UserOf(string service) => UserApis.Contains(service) ? "user-api" : "order-api";

    private void NoteUnexpectedExit(UnexpectedExit exit)
    {
        if (!exit.WasRequested && _crashIsDue)
        {
            _crashIsDue = false;
        }
        else
        {
            UnexpectedExits.Enqueue(exit);
        }
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultyTests : ICollectionFixture<FaultySystem>
{
    public const string Name = "the faulty system";
}
