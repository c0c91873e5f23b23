namespace UserOrder.Tests.Graph;

/// <summary>A system that runs elsewhere, given by the URLs of its services.</summary>
internal sealed class DeployedGraph(Uri userApi, Uri orderApi) : IRunningGraph
{
    public const string UserApiVariable = "USERORDER_USER_API";
    public const string OrderApiVariable = "USERORDER_ORDER_API";

    public string? OnlyReachableByUrl => $"The system under test is a deployed one, given by {UserApiVariable} and {OrderApiVariable}: only its APIs can be reached.";

    /// <summary>The graph that the environment names; null where it names none.</summary>
    public static DeployedGraph? FromEnvironment() =>
        Environment.GetEnvironmentVariable(UserApiVariable) is { Length: > 0 } userApi &&
        Environment.GetEnvironmentVariable(OrderApiVariable) is { Length: > 0 } orderApi
            ? new DeployedGraph(new Uri(userApi), new Uri(orderApi))
            : null;

    public Uri GetUrl(string resource, string endpoint = "http") => resource == "user-api" ? userApi : orderApi;

    public Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken) => throw NotHere();

    public Task StopAsync(string resource, CancellationToken cancellationToken) => throw NotHere();

    public Task KillAsync(string resource, CancellationToken cancellationToken) => throw NotHere();

    public Task StartAsync(string resource, CancellationToken cancellationToken) => throw NotHere();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private NotSupportedException NotHere() => new(OnlyReachableByUrl);
}
