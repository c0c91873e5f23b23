using Xunit.Sdk;

namespace UserOrder.Tests.Graph;

/// <summary>
/// A deployed system, given by the URLs of its services and, for tests that need them, by the connection strings of its servers. Tests
/// cannot stop any of its resources.
/// </summary>
internal sealed class DeployedGraph : IRunningGraph
{
    private const string UserApi = "USERORDER_USER_API";
    private const string OrderApi = "USERORDER_ORDER_API";

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["user-api"] = UserApi,
        ["order-api"] = OrderApi,
        ["userdb"] = "USERORDER_USERDB",
        ["orderdb"] = "USERORDER_ORDERDB",
        ["rabbitmq"] = "USERORDER_RABBITMQ",
    };

    private DeployedGraph()
    {
    }

    public string RunsElsewhere =>
        $"The system under test is a deployed one: tests reach only the addresses in {string.Join(", ", Variables.Values)}, cannot stop " +
        "resources, and cannot choose a replica.";

    /// <summary>The deployed graph in the environment variables; null without them.</summary>
    public static DeployedGraph? FromEnvironment() =>
        Given(UserApi) is not null && Given(OrderApi) is not null ? new DeployedGraph() : null;

    /// <summary>The environment variables that select these services as the graph.</summary>
    public static Dictionary<string, string> EnvironmentOf(Uri userApi, Uri orderApi) =>
        new() { [UserApi] = userApi.AbsoluteUri, [OrderApi] = orderApi.AbsoluteUri };

    public Uri GetUrl(string resource, string endpoint = "http") => new(Get(resource));

    public Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken) => Task.FromResult(Get(resource));

    public Task StopAsync(string resource, CancellationToken cancellationToken) => throw OutOfReach();

    public Task KillAsync(string resource, CancellationToken cancellationToken) => throw OutOfReach();

    public Task StartAsync(string resource, CancellationToken cancellationToken) => throw OutOfReach();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Given(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private string Get(string resource) =>
        Variables.TryGetValue(resource, out var variable) && Given(variable) is { } value ? value : throw OutOfReach();

    private SkipException OutOfReach() => SkipException.ForSkip(RunsElsewhere);
}
