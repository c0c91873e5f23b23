namespace UserOrder.Tests.Graph;

/// <summary>Starts the graph once for all integration tests, which run one after the other.</summary>
public sealed class RunningGraph : IAsyncLifetime
{
    private IRunningGraph? _graph;

    public IRunningGraph Current => _graph ?? throw new InvalidOperationException("The graph has not been started.");

    public async ValueTask InitializeAsync() =>
        _graph = DeployedGraph.FromEnvironment() ?? await LocalGraph.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_graph is not null)
        {
            await _graph.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class GraphTests : ICollectionFixture<RunningGraph>
{
    public const string Name = "the running graph";
}
