using UserOrder.ManifestRunner.Graph;

namespace UserOrder.Tests.Graph;

/// <summary>The AppHost's manifest, run with local programs on free ports and fresh data.</summary>
internal sealed class LocalGraph : IRunningGraph
{
    private readonly ManifestGraph _graph;

    private LocalGraph(ManifestGraph graph) => _graph = graph;

    public string? RunsElsewhere => null;

    public static async Task<IRunningGraph> StartAsync(CancellationToken cancellationToken) =>
        new LocalGraph(await ManifestGraph.StartAsync(
            new ManifestGraphOptions
            {
                ManifestPath = Repository.ManifestPath,
                Configuration = Repository.Configuration,
                EphemeralPorts = true,
            },
            cancellationToken));

    public Uri GetUrl(string resource, string endpoint = "http") => _graph.GetEndpoint(resource, endpoint);

    public Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken) =>
        Task.FromResult(_graph.GetConnectionString(resource));

    public Task StopAsync(string resource, CancellationToken cancellationToken) => _graph.StopAsync(resource, cancellationToken);

    public Task KillAsync(string resource, CancellationToken cancellationToken) => _graph.KillAsync(resource, cancellationToken);

    public Task StartAsync(string resource, CancellationToken cancellationToken) => _graph.StartAsync(resource, cancellationToken);

    public ValueTask DisposeAsync() => _graph.DisposeAsync();
}
