using Xunit.Sdk;

namespace UserOrder.Tests.Graph;

/// <summary>
/// A system that runs elsewhere, given by the URLs of its services and, for the tests that look into them, by the connection strings of its servers.
/// Nothing of it is ever stopped.
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
        $"The system under test is a deployed one: only what {string.Join(", ", Variables.Values)} give is reached, nothing is stopped, and any replica answers.";

    /// <summary>The graph that the environment names; null where it names none.</summary>
    public static DeployedGraph? FromEnvironment() => Given(UserApi) is not null && Given(OrderApi) is not null ? new DeployedGraph() : null;

    /// <summary>What a program's environment has to name for a graph of these services.</summary>
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
