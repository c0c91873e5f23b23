using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Cluster;

/// <summary>A separate graph whose broker is a cluster of three nodes. The services know the addresses of all three.</summary>
public sealed class ClusterSystem : IAuditedSystem, IAsyncLifetime
{
    internal const string UserApi = "user-api";
    internal const string OrderApi = "order-api";

    /// <summary>The longest time until a started node serves and its queues are complete.</summary>
    internal static readonly TimeSpan StartOfNode = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<UnexpectedExit> _unexpectedExits = new();
    private string? _reasonToSkip;
    private LocalGraph? _graph;
    private NpgsqlDataSource? _userdb;
    private NpgsqlDataSource? _orderdb;
    private string? _administrator;

    Ledger IAuditedSystem.Ledger => Ledger;

    NpgsqlDataSource IAuditedSystem.UserDb => _userdb!;

    NpgsqlDataSource IAuditedSystem.OrderDb => _orderdb!;

    ConcurrentQueue<UnexpectedExit> IAuditedSystem.UnexpectedExits => _unexpectedExits;

    internal Ledger Ledger { get; } = new();

    internal BrokerNodes Nodes { get; } = new();

    internal LocalGraph Graph => _graph ?? throw new InvalidOperationException("The system has not been started.");

    private static bool IsSelected => Environment.GetEnvironmentVariable("USERORDER_CLUSTER") is { Length: > 0 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _reasonToSkip = IsSelected
            ? ServersOfThisMachine.ReasonToSkip()
            : "./test.sh --cluster runs it, because it starts a broker of three nodes and takes minutes.";
        if (_reasonToSkip is not null)
        {
            return;
        }

        Nodes.StartMapper();
        string[] services = [UserApi, OrderApi];
        var others = BrokerNodes.All[1..]
            .Select((node, i) => KeyValuePair.Create($"Broker__Endpoints__{i}", $"localhost:{Nodes.AmqpPortOf(node)}"))
            .ToDictionary();
        _graph = await LocalGraph.StartAsync(
            new GraphOptions
            {
                Ports = Nodes.PortsOfFirst,
                StartedLater = services,
                ExtraEnvironment = services.ToDictionary(service => service, IReadOnlyDictionary<string, string> (_) => others),
                Change = Nodes.AddTo,
                OnUnexpectedExit = _unexpectedExits.Enqueue,
            },
            Cancelled);
        _administrator = new Uri(await _graph.GetConnectionStringAsync("rabbitmq", Cancelled)).UserInfo;

        // A queue that is declared before all nodes have joined would have fewer members.
        await WaitUntilAllNodesServeAsync();
        await _graph.RunBrokerCommandAsync("await_online_nodes", "3");
        foreach (var service in services)
        {
            await _graph.StartAsync(service, Cancelled);
        }

        _userdb = NpgsqlDataSource.Create(await _graph.GetConnectionStringAsync("userdb", Cancelled));
        _orderdb = NpgsqlDataSource.Create(await _graph.GetConnectionStringAsync("orderdb", Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        _userdb?.Dispose();
        _orderdb?.Dispose();
        if (_graph is not null)
        {
            await _graph.DisposeAsync();
        }

        await Nodes.StopMapperAsync();
    }

    public Task<IConnection> ConnectToBrokerAsync() =>
        new ConnectionFactory { Uri = new Uri($"amqp://{_administrator}@localhost") }
            .CreateConnectionAsync(BrokerNodes.All.Select(node => new AmqpTcpEndpoint("localhost", Nodes.AmqpPortOf(node))), Cancelled);

    /// <summary>Skips the test, with the reason, if it is not selected or the servers are not installed.</summary>
    internal void RequireServers() => Assert.SkipWhen(_reasonToSkip is not null, _reasonToSkip ?? "");

    /// <summary>The management API of a node.</summary>
    internal BrokerAdministrator AdministratorOf(string node) => BrokerAdministrator.At(Nodes.ManagementPortOf(node), _administrator!);

    /// <summary>Waits until a client can log in at each node.</summary>
    internal async Task WaitUntilAllNodesServeAsync()
    {
        foreach (var node in BrokerNodes.All)
        {
            await Until.TrueAsync($"{node} accepts a login", () => IsServingAsync(node), isServing => isServing, StartOfNode);
        }
    }

    private async Task<bool> IsServingAsync(string node)
    {
        try
        {
            var factory = new ConnectionFactory { Uri = new Uri($"amqp://{_administrator}@localhost:{Nodes.AmqpPortOf(node)}") };
            await using var connection = await factory.CreateConnectionAsync(Cancelled);
            return true;
        }
        catch (Exception exception)
            when (exception is BrokerUnreachableException or OperationInterruptedException or OperationCanceledException)
        {
            return false;
        }
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterTests : ICollectionFixture<ClusterSystem>
{
    public const string Name = "the cluster";
}
