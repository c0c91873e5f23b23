namespace UserOrder.Tests.Graph;

/// <summary>The whole system while it runs, however it was started. What is out of reach skips the test that asks for it.</summary>
public interface IRunningGraph : IAsyncDisposable
{
    /// <summary>Why no resource may be stopped, and none be taken for its only replica; null for a graph of the tests' own.</summary>
    string? RunsElsewhere { get; }

    /// <summary>Where an endpoint of a resource is reached.</summary>
    Uri GetUrl(string resource, string endpoint = "http");

    /// <summary>
    /// The connection string of a broker or database: the administrator's under its own name, and a service's as <c>user-api-userdb</c>.
    /// </summary>
    Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken);

    /// <summary>Ends a resource as a deployment would.</summary>
    Task StopAsync(string resource, CancellationToken cancellationToken);

    /// <summary>Ends a resource's process with no chance to tidy up.</summary>
    Task KillAsync(string resource, CancellationToken cancellationToken);

    /// <summary>Starts a resource that was ended, and returns when it is healthy.</summary>
    Task StartAsync(string resource, CancellationToken cancellationToken);
}
