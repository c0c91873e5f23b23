using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace UserOrder.Tests.Graph;

/// <summary>Starts the graph once for the tests of a collection, which run sequentially.</summary>
public sealed class RunningGraph : IAsyncLifetime
{
    private IRunningGraph? _graph;

    public IRunningGraph Current => _graph ?? throw new InvalidOperationException("The graph has not been started.");

    /// <summary>When both services had started to consume for the first time, UTC.</summary>
    public DateTimeOffset Started { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _graph = DeployedGraph.FromEnvironment() as IRunningGraph
            ?? await LocalGraph.StartAsync(new GraphOptions(), TestContext.Current.CancellationToken);
        if (_graph.RunsElsewhere is null)
        {
            await Until.EqualAsync(true, "both services consume", BothConsumeAsync);
            Started = DateTimeOffset.UtcNow;
        }
    }

    /// <summary>A service passes its health check before it has a broker user and a queue.</summary>
    private async Task<bool> BothConsumeAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var factory = new ConnectionFactory { Uri = new Uri(await Current.GetConnectionStringAsync("rabbitmq", cancelled)) };
        await using var connection = await factory.CreateConnectionAsync(cancelled);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancelled);
        try
        {
            return await channel.ConsumerCountAsync("user-api.order-placed", cancelled) > 0 &&
                await channel.ConsumerCountAsync("order-api.user-created", cancelled) > 0;
        }
        catch (OperationInterruptedException)
        {
            // One of the queues does not exist yet.
            return false;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            // While RabbitMQ creates a quorum queue, it may not respond within the client's time limit.
            return false;
        }
    }

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

/// <summary>The tests that kill, freeze or overload a server of the graph. They have their own and run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class DisturbedGraphTests : ICollectionFixture<RunningGraph>
{
    public const string Name = "the disturbed graph";
}
