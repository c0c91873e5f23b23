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
    private readonly TestVolumes _volumes;

    private LocalGraph(DistributedApplication graph, TestVolumes volumes)
    {
        _graph = graph;
        _volumes = volumes;
    }

    public string? RunsElsewhere => null;

    public static async Task<IRunningGraph> StartAsync(CancellationToken cancellationToken)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.UserOrder_AppHost>(cancellationToken);
        var volumes = TestVolumes.Replace(builder.Resources);
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            // No dashboard runs here, and an exporter that reaches nobody would hold up each stop of a service.
            builder.CreateResourceBuilder(project).WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", "");
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
            await volumes.DisposeAsync();
            throw new TimeoutException($"The graph was not healthy after {StartTimeout}. Is there a container runtime, such as Docker or podman?", exception);
        }

        return new LocalGraph(graph, volumes);
    }

    public Uri GetUrl(string resource, string endpoint = "http") => _graph.GetEndpoint(resource, endpoint);

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

    public async ValueTask DisposeAsync()
    {
        await _graph.DisposeAsync();
        await _volumes.DisposeAsync();
    }

    private async Task CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await _graph.ResourceCommands.ExecuteCommandAsync(resource, command, cancellationToken);
        Assert.True(result.Success, $"{command} of {resource}: {result.Message}");
    }

    private Task<string> WaitUntilEndedAsync(string resource, CancellationToken cancellationToken) =>
        _graph.ResourceNotifications
            .WaitForResourceAsync(resource, KnownResourceStates.TerminalStates, cancellationToken)
            .WaitAsync(StartTimeout, cancellationToken);
}
