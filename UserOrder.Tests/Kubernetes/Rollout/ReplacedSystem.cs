using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Processes;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>A separate graph with two replicas of each service behind a load balancer, which OrderApi also uses to reach UserApi.</summary>
public sealed class ReplacedSystem : IAuditedSystem, IAsyncLifetime
{
    private const string Drain = "00:00:05";

    private readonly string _folder = Directory.CreateTempSubdirectory("userorder-rollout-").FullName;
    private readonly Dictionary<string, int> _ports = [];
    private readonly Ledger _ledger = new();
    private readonly ConcurrentQueue<UnexpectedExit> _unexpectedExits = new();
    private string? _reasonToSkip;
    private LocalGraph? _graph;
    private LoadBalancer? _balancer;
    private NpgsqlDataSource? _userdb;
    private NpgsqlDataSource? _orderdb;

    internal static string[] Services { get; } = ["user-api", "order-api"];

    Ledger IAuditedSystem.Ledger => _ledger;

    NpgsqlDataSource IAuditedSystem.UserDb => _userdb!;

    NpgsqlDataSource IAuditedSystem.OrderDb => _orderdb!;

    ConcurrentQueue<UnexpectedExit> IAuditedSystem.UnexpectedExits => _unexpectedExits;

    private LocalGraph Graph => _graph ?? throw new InvalidOperationException("The system has not been started.");

    public async ValueTask InitializeAsync()
    {
        _reasonToSkip = ReasonToSkip();
        if (_reasonToSkip is not null)
        {
            return;
        }

        foreach (var listener in Services.Append("statistics"))
        {
            _ports[listener] = FreePort.Next();
        }

        _graph = await LocalGraph.StartAsync(
            new GraphOptions
            {
                Replicated = Services,
                ExtraEnvironment = Services.SelectMany(ReplicasOf).ToDictionary(replica => replica, EnvironmentOf),
                OnUnexpectedExit = _unexpectedExits.Enqueue,
            },
            TestContext.Current.CancellationToken);
        _balancer = new LoadBalancer(
            _folder,
            Services.ToDictionary(
                service => service, service => (_ports[service], ReplicasOf(service).ToDictionary(replica => replica, UrlOfReplica))),
            _ports["statistics"]);
        _userdb = NpgsqlDataSource.Create(await _graph.GetConnectionStringAsync("userdb", TestContext.Current.CancellationToken));
        _orderdb = NpgsqlDataSource.Create(await _graph.GetConnectionStringAsync("orderdb", TestContext.Current.CancellationToken));
        foreach (var service in Services)
        {
            foreach (var replica in ReplicasOf(service))
            {
                await _balancer.WaitUntilUpAsync(service, replica);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _userdb?.Dispose();
        _orderdb?.Dispose();
        if (_balancer is not null)
        {
            await _balancer.DisposeAsync();
        }

        if (_graph is not null)
        {
            await _graph.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    public async Task<IConnection> ConnectToBrokerAsync()
    {
        var uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", TestContext.Current.CancellationToken));
        return await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(TestContext.Current.CancellationToken);
    }

    internal static string[] ReplicasOf(string service) => [service, GraphChanges.SecondOf(service)];

    /// <summary>Skips the test, with the reason, if a program is not installed.</summary>
    internal void RequireServers() => Assert.SkipWhen(_reasonToSkip is not null, _reasonToSkip ?? "");

    /// <summary>The address of a service at the load balancer.</summary>
    internal Uri UrlOf(string service) => new($"http://127.0.0.1:{_ports[service]}");

    internal Uri UrlOfReplica(string replica) => Graph.GetUrl(replica);

    /// <summary>Stops a replica with SIGTERM.</summary>
    internal Task StopAsync(string replica) => Graph.StopAsync(replica, TestContext.Current.CancellationToken);

    /// <summary>Starts a replica and waits until the load balancer sends requests to it.</summary>
    internal async Task StartAsync(string service, string replica)
    {
        await Graph.StartAsync(replica, TestContext.Current.CancellationToken);
        await _balancer!.WaitUntilUpAsync(service, replica);
    }

    private static string? ReasonToSkip() => LoadBalancer.Program is null
        ? "HAProxy is missing. ./test.sh installs it on Debian and Ubuntu, or prints why it cannot."
        : ServersOfThisMachine.ReasonToSkip();

    private IReadOnlyDictionary<string, string> EnvironmentOf(string replica) => new Dictionary<string, string>
    {
        ["Shutdown__Drain"] = Drain,
        ["services__user-api__http__0"] = UrlOf("user-api").ToString(),
    };
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ReplacementTests : ICollectionFixture<ReplacedSystem>
{
    public const string Name = "the system that is replaced";
}
