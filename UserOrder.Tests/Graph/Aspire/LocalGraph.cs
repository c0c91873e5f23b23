using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace UserOrder.Tests.Graph;

/// <summary>The AppHost itself, run by Aspire on free ports and fresh data.</summary>
internal sealed class LocalGraph : IRunningGraph
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private readonly DistributedApplication _graph;

    private LocalGraph(DistributedApplication graph) => _graph = graph;

    public string? OnlyReachableByUrl => null;

    public static async Task<IRunningGraph> StartAsync(CancellationToken cancellationToken)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.UserOrder_AppHost>(cancellationToken);
        foreach (var resource in builder.Resources)
        {
            // A test neither sees nor leaves data in the developer's volumes.
            foreach (var volume in resource.Annotations.OfType<ContainerMountAnnotation>().ToList())
            {
                resource.Annotations.Remove(volume);
            }
        }

        var graph = await builder.BuildAsync(cancellationToken);
        try
        {
            await graph.StartAsync(cancellationToken).WaitAsync(StartTimeout, cancellationToken);
            foreach (var service in new[] { "user-api", "order-api" })
            {
                await graph.ResourceNotifications.WaitForResourceHealthyAsync(service, cancellationToken).WaitAsync(StartTimeout, cancellationToken);
            }
        }
        catch (TimeoutException exception)
        {
            await graph.DisposeAsync();
            throw new TimeoutException($"The graph was not healthy after {StartTimeout}. Is there a container runtime, such as Docker or podman?", exception);
        }

        return new LocalGraph(graph);
    }

    public Uri GetUrl(string resource) => _graph.GetEndpoint(resource, "http");

    public async Task<string> GetConnectionStringAsync(string resource, CancellationToken cancellationToken) =>
        await _graph.GetConnectionStringAsync(resource, cancellationToken) ??
        throw new InvalidOperationException($"{resource} has no connection string.");

    public async Task StopAsync(string resource, CancellationToken cancellationToken)
    {
        await CommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
        await WaitUntilEndedAsync(resource, cancellationToken);
    }

    public async Task KillAsync(string resource, CancellationToken cancellationToken)
    {
        var running = await _graph.ResourceNotifications.WaitForResourceAsync(resource, _ => true, cancellationToken);
        var id = running.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value;
        using var process = Process.GetProcessById(Convert.ToInt32(id, CultureInfo.InvariantCulture));
        process.Kill(entireProcessTree: true);
        await WaitUntilEndedAsync(resource, cancellationToken);
    }

    public async Task StartAsync(string resource, CancellationToken cancellationToken)
    {
        await CommandAsync(resource, KnownResourceCommands.StartCommand, cancellationToken);
        await _graph.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken).WaitAsync(StartTimeout, cancellationToken);
    }

    public ValueTask DisposeAsync() => _graph.DisposeAsync();

    private async Task CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await _graph.ResourceCommands.ExecuteCommandAsync(resource, command, cancellationToken);
        Assert.True(result.Success, $"{command} of {resource}: {result}");
    }

    private Task WaitUntilEndedAsync(string resource, CancellationToken cancellationToken) =>
        _graph.ResourceNotifications
            .WaitForResourceAsync(resource, KnownResourceStates.TerminalStates, cancellationToken)
            .WaitAsync(StartTimeout, cancellationToken);
}
