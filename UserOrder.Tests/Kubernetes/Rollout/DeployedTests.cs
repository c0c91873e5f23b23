using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>
/// Load and audit of a deployed system while an operator rolls it out, deletes pods or scales it (docs/kubernetes.md). The system must be
/// new and have no other clients.
/// </summary>
public sealed class DeployedTests(ITestOutputHelper output)
{
    private const string LengthVariable = "USERORDER_LOAD_SECONDS";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployed_system_loses_and_duplicates_nothing_and_refuses_only_with_503()
    {
        var length = Environment.GetEnvironmentVariable(LengthVariable);
        Assert.SkipUnless(
            length is { Length: > 0 }, $"It runs only with {LengthVariable}, its duration, and the variables of a deployed system.");
        await using var graph = DeployedGraph.FromEnvironment()
            ?? throw new InvalidOperationException("The variables of a deployed system are missing.");
        await using var userDb = NpgsqlDataSource.Create(await graph.GetConnectionStringAsync("userdb", Cancelled));
        await using var orderDb = NpgsqlDataSource.Create(await graph.GetConnectionStringAsync("orderdb", Cancelled));
        var system = new DeployedSystem(graph, userDb, orderDb);
        using var client = new Client(system.Ledger, service => graph.GetUrl(service));
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(int.Parse(length, CultureInfo.InvariantCulture)));
        await new Traffic(system.Ledger, client, ["user-api"], ["order-api"]).RunAsync(end.Token);

        var result = await new Audit(system).CheckWhenQuietAsync();

        var ledger = system.Ledger;
        output.WriteLine($"{ledger.Requests} requests, {ledger.Refusals.Count} refused.");
        output.WriteLine($"{ledger.Users.Count} users, {ledger.Orders.Count} orders. {result}");
        foreach (var refusals in ledger.Refusals.CountBy(refusal => refusal[..Math.Min(refusal.Length, 160)]))
        {
            output.WriteLine($"{refusals.Value} x {refusals.Key}");
        }

        Assert.True(result.Findings == 0, $"{result}");
        Assert.All(ledger.Refusals, refusal => Assert.Contains(": 503 ", refusal, StringComparison.Ordinal));
    }

    private sealed class DeployedSystem(DeployedGraph graph, NpgsqlDataSource userDb, NpgsqlDataSource orderDb) : IAuditedSystem
    {
        public Ledger Ledger { get; } = new();

        public NpgsqlDataSource UserDb => userDb;

        public NpgsqlDataSource OrderDb => orderDb;

        public ConcurrentQueue<UnexpectedExit> UnexpectedExits { get; } = new();

        public async Task<IConnection> ConnectToBrokerAsync()
        {
            var uri = new Uri(await graph.GetConnectionStringAsync("rabbitmq", Cancelled));
            return await new ConnectionFactory { Uri = uri }.CreateConnectionAsync(Cancelled);
        }
    }
}
