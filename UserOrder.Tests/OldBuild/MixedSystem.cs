using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.OldBuild;

/// <summary>
/// A separate graph with an OrderApi that reads no message with several events. It can be replaced by the current build, and UserApi by one
/// that publishes such messages. Clients and OrderApi reach the replicas in use through proxies, as through the Services of a cluster.
/// </summary>
internal sealed class MixedSystem : IAuditedSystem, IAsyncDisposable
{
    /// <summary>UserApi with one event a message, which runs from the start.</summary>
    public const string UserApi = "user-api";

    /// <summary>UserApi with several events a message.</summary>
    public const string BatchingUserApi = "user-api-2";

    /// <summary>OrderApi of the old build, which runs from the start.</summary>
    public const string OldOrderApi = "order-api";

    /// <summary>OrderApi of the current build.</summary>
    public const string OrderApi = "order-api-2";

    private const string OneEvent = "Messaging__MaxEventsPerMessage";

    private readonly LocalGraph _graph;
    private readonly Dictionary<string, TcpProxy> _inUse;

    private MixedSystem(
        LocalGraph graph, Dictionary<string, TcpProxy> inUse, ConcurrentQueue<UnexpectedExit> exits, string userdb, string orderdb)
    {
        _graph = graph;
        _inUse = inUse;
        UnexpectedExits = exits;
        UserDb = NpgsqlDataSource.Create(userdb);
        OrderDb = NpgsqlDataSource.Create(orderdb);
        Client = new Client(Ledger, UrlOf, patienceSeconds: 30);
    }

    public Ledger Ledger { get; } = new();

    public NpgsqlDataSource UserDb { get; }

    public NpgsqlDataSource OrderDb { get; }

    public ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; }

    /// <summary>Sends requests to the replicas in use.</summary>
    public Client Client { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="oldCheckout">The folder of the checkout with the old build.</param>
    public static async Task<MixedSystem> StartAsync(string oldCheckout)
    {
        var exits = new ConcurrentQueue<UnexpectedExit>();
        var inUse = new[] { UserApi, OldOrderApi }.ToDictionary(service => service, _ => new TcpProxy("localhost", port: 0));
        var (oneEvent, userApi) = ((OneEvent, "1"), ("services__user-api__http__0", $"http://127.0.0.1:{inUse[UserApi].Port}"));
        var graph = await LocalGraph.StartAsync(
            new GraphOptions
            {
                Replicated = [UserApi, OldOrderApi],
                StartedLater = [BatchingUserApi, OrderApi],
                Checkouts = new Dictionary<string, string> { [OldOrderApi] = oldCheckout },
                ExtraEnvironment = new Dictionary<string, IReadOnlyDictionary<string, string>>
                {
                    [UserApi] = Environment(oneEvent),
                    [OldOrderApi] = Environment(userApi),
                    [OrderApi] = Environment(oneEvent, userApi, ("Messaging__AdminEndpoints", "true")),
                },
                OnUnexpectedExit = exits.Enqueue,
            },
            Cancelled);
        foreach (var (service, proxy) in inUse)
        {
            proxy.LeadTo(graph.GetUrl(service).Port);
        }

        return new MixedSystem(
            graph,
            inUse,
            exits,
            await graph.GetConnectionStringAsync("userdb", Cancelled),
            await graph.GetConnectionStringAsync("orderdb", Cancelled));
    }

    /// <summary>The address at which a service is in use.</summary>
    public Uri UrlOf(string service) => new($"http://127.0.0.1:{_inUse[service].Port}");

    /// <summary>Starts another replica, leads new connections to it and stops the one that was in use.</summary>
    public async Task ReplaceAsync(string service, string stopped, string started)
    {
        await _graph.StartAsync(started, Cancelled);
        _inUse[service].LeadTo(_graph.GetUrl(started).Port);
        await _graph.StopAsync(stopped, Cancelled);
    }

    public async Task<IConnection> ConnectToBrokerAsync()
    {
        var uri = new Uri(await _graph.GetConnectionStringAsync("rabbitmq", Cancelled));
        return await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(Cancelled);
    }

    /// <summary>Creates many users at once, so that events wait together.</summary>
    public Task CreateUsersAsync(int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Client.SendAsync(Ledger.AskForUser(withKey: false), UserApi, Cancelled)));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await UserDb.DisposeAsync();
        await OrderDb.DisposeAsync();
        await _graph.DisposeAsync();
        foreach (var proxy in _inUse.Values)
        {
            await proxy.DisposeAsync();
        }
    }

    private static Dictionary<string, string> Environment(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => variable.Value);
}
