namespace UserOrder.Tests.Graph;

/// <summary>The running system, either started by the tests or deployed. A request for an unreachable resource skips the test.</summary>
public interface IRunningGraph : IAsyncDisposable
{
    /// <summary>The reason why tests cannot stop resources or rely on a single replica; null for a graph that the tests started.</summary>
    string? RunsElsewhere { get; }

    /// <summary>The address of an endpoint of a resource.</summary>
    Uri GetUrl(string resource, string endpoint = "http");

    /// <summary>
    /// The connection string of a broker or database: by its own name with the administrator's login, by a name such as
    /// <c>user-api-userdb</c> with the login of a service.
    /// </summary>
    Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken);

    /// <summary>Stops a resource gracefully, as a deployment does.</summary>
    Task StopAsync(string resource, CancellationToken cancellationToken);

    /// <summary>Kills the process of a resource.</summary>
    Task KillAsync(string resource, CancellationToken cancellationToken);

    /// <summary>Starts a stopped resource and waits until it is healthy.</summary>
    Task StartAsync(string resource, CancellationToken cancellationToken);
}
