using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>
/// The same clients and the same audit on a deployed system, while somebody rolls it out, deletes pods or scales it: docs/kubernetes.md.
/// The system has to be new and is to have no other clients.
/// </summary>
public sealed class DeployedTests(ITestOutputHelper output)
{
    private const string LengthVariable = "USERORDER_LOAD_SECONDS";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployed_system_loses_and_duplicates_nothing_and_refuses_only_with_503()
    {
        var length = Environment.GetEnvironmentVariable(LengthVariable);
        Assert.SkipUnless(length is { Length: > 0 }, $"Asked for by {LengthVariable}, for how long, and the variables that give a deployed system.");
        await using var graph = DeployedGraph.FromEnvironment() ?? throw new InvalidOperationException("No deployed system is given.");
        await using var userDb = NpgsqlDataSource.Create(await graph.GetConnectionStringAsync("userdb", Cancelled));
        await using var orderDb = NpgsqlDataSource.Create(await graph.GetConnectionStringAsync("orderdb", Cancelled));
        var system = new DeployedSystem(graph, userDb, orderDb);
        using var client = new Client(system.Ledger, service => graph.GetUrl(service));
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(int.Parse(length, CultureInfo.InvariantCulture)));
        await new Traffic(system.Ledger, client, ["user-api"], ["order-api"]).RunAsync(end.Token);

        var audit = new Audit(system);
        await audit.WaitForQuietAsync();
        var result = await audit.CheckAsync();

        output.WriteLine($"{system.Ledger.Requests} requests, {system.Ledger.Users.Count} users, {system.Ledger.Orders.Count} orders, {system.Ledger.Refusals.Count} refused. {result}");
        foreach (var refusals in system.Ledger.Refusals.CountBy(refusal => refusal[..Math.Min(refusal.Length, 160)]))
        {
            output.WriteLine($"{refusals.Value} x {refusals.Key}");
        }

        Assert.True(result.Findings == 0, $"{result}");
        Assert.All(system.Ledger.Refusals, refusal => Assert.Contains(": 503 ", refusal, StringComparison.Ordinal));
    }

    private sealed class DeployedSystem(DeployedGraph graph, NpgsqlDataSource userDb, NpgsqlDataSource orderDb) : IAuditedSystem
    {
        public Ledger Ledger { get; } = new();

        public NpgsqlDataSource UserDb => userDb;

        public NpgsqlDataSource OrderDb => orderDb;

        public ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; } = new();

        public async Task<IConnection> ConnectToBrokerAsync() =>
            await new ConnectionFactory { Uri = new Uri(await graph.GetConnectionStringAsync("rabbitmq", Cancelled)) }.CreateConnectionAsync(Cancelled);
    }
}
