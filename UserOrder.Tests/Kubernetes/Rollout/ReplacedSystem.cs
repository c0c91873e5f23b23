using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Networking;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>A graph of its own with two replicas of each service behind a load balancer, which is also OrderApi's way to UserApi.</summary>
public sealed class ReplacedSystem : IAuditedSystem, IAsyncLifetime
{
    private const string Drain = "00:00:05";

    private readonly string _folder = Directory.CreateTempSubdirectory("userorder-rollout-").FullName;
    private readonly PortAllocator _free = new();
    private readonly Dictionary<string, int> _ports = [];
    private readonly Ledger _ledger = new();
    private readonly ConcurrentQueue<ResourceChange> _wrongEnds = new();
    private string? _missing;
    private ManifestGraph? _graph;
    private LoadBalancer? _balancer;
    private NpgsqlDataSource? _userdb;
    private NpgsqlDataSource? _orderdb;

    internal static string[] Services { get; } = ["user-api", "order-api"];

    Ledger IAuditedSystem.Ledger => _ledger;

    NpgsqlDataSource IAuditedSystem.UserDb => _userdb!;

    NpgsqlDataSource IAuditedSystem.OrderDb => _orderdb!;

    ConcurrentQueue<ResourceChange> IAuditedSystem.WrongEnds => _wrongEnds;

    private ManifestGraph Graph => _graph ?? throw new InvalidOperationException("The system has not been started.");

    public async ValueTask InitializeAsync()
    {
        _missing = WhatIsMissing();
        if (_missing is not null)
        {
            return;
        }

        var manifest = Path.Combine(_folder, "manifest.json");
        ReplicatedManifest.Write(manifest, Services);
        foreach (var listener in Services.Append("statistics"))
        {
            _ports[listener] = _free.AnyFree();
        }

        _graph = await ManifestGraph.StartAsync(
            new ManifestGraphOptions
            {
                ManifestPath = manifest,
                Configuration = Repository.Configuration,
                EphemeralPorts = true,
                StopTimeout = TimeSpan.FromSeconds(60),
                ExtraEnvironment = Services.SelectMany(ReplicasOf).ToDictionary(replica => replica, EnvironmentOf),
                ResourceChanged = NoteWrongEnd,
            },
            TestContext.Current.CancellationToken);
        _balancer = new LoadBalancer(
            _folder,
            Services.ToDictionary(service => service, service => (_ports[service], ReplicasOf(service).ToDictionary(replica => replica, UrlOfReplica))),
            _ports["statistics"]);
        _userdb = NpgsqlDataSource.Create(_graph.GetConnectionString("userdb"));
        _orderdb = NpgsqlDataSource.Create(_graph.GetConnectionString("orderdb"));
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

        _free.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public Task<IConnection> ConnectToBrokerAsync() =>
        new ConnectionFactory { Uri = new Uri(Graph.GetConnectionString("rabbitmq")) }.CreateConnectionAsync(TestContext.Current.CancellationToken);

    internal static string[] ReplicasOf(string service) => [service, ReplicatedManifest.SecondOf(service)];

    /// <summary>Skips the test, with the reason, where something is not installed.</summary>
    internal void NeedsTheServers() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    /// <summary>Where a service is reached, whichever replica answers.</summary>
    internal Uri UrlOf(string service) => new($"http://127.0.0.1:{_ports[service]}");

    internal Uri UrlOfReplica(string replica) => Graph.GetEndpoint(replica);

    /// <summary>Ends a replica by SIGTERM.</summary>
    internal Task StopAsync(string replica) => Graph.StopAsync(replica, TestContext.Current.CancellationToken);

    /// <summary>Starts a replica, and returns when requests are sent to it.</summary>
    internal async Task StartAsync(string service, string replica)
    {
        await Graph.StartAsync(replica, TestContext.Current.CancellationToken);
        await _balancer!.WaitUntilUpAsync(service, replica);
    }

    private static string? WhatIsMissing() => LoadBalancer.Program is null
        ? "There is no HAProxy: test.sh installs it on Debian and Ubuntu, and says why where it cannot."
        : InstalledServers.WhatIsMissing();

    private IReadOnlyDictionary<string, string> EnvironmentOf(string replica) => new Dictionary<string, string>
    {
        ["Shutdown__Drain"] = Drain,
        ["services__user-api__http__0"] = UrlOf("user-api").ToString(),
    };

    private void NoteWrongEnd(ResourceChange change)
    {
        if (change.State == ResourceState.Exited || change.Remark?.StartsWith("killed", StringComparison.Ordinal) == true)
        {
            _wrongEnds.Enqueue(change);
        }
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ReplacementTests : ICollectionFixture<ReplacedSystem>
{
    public const string Name = "the system that is replaced";
}
