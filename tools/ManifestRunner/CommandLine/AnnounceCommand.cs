using System.Net;
using System.Net.Sockets;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Terminal;

namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>Tells the addresses of a graph that an AppHost runs, as soon as its projects are healthy.</summary>
internal static class AnnounceCommand
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(500);

    /// <exception cref="RunnerException">The projects are not healthy in time.</exception>
    public static async Task<int> RunAsync(RunnerArguments arguments)
    {
        var manifest = AppManifest.Load(arguments.Graph.ManifestPath);
        var endpoints = EndpointMap.Fixed(manifest);
        var console = GraphConsole.Standard(arguments.Detail);
        using var shutdown = new ShutdownSignals();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(shutdown.Token);
        deadline.CancelAfter(arguments.Graph.StartTimeout);
        try
        {
            await Task.WhenAll(endpoints.All.Select(endpoint => WaitUntilHealthyAsync(new Uri(endpoint.Url + "/health"), deadline.Token)));
        }
        catch (OperationCanceledException)
        {
            return shutdown.Token.IsCancellationRequested
                ? ExitCodes.Success
                : throw new RunnerException($"The projects were not healthy within {arguments.Graph.StartTimeout.TotalSeconds:0} s.");
        }

        console.WriteSummary(GraphSummary.Of(manifest, endpoints, arguments.Graph.Environment));
        return ExitCodes.Success;
    }

    private static async Task WaitUntilHealthyAsync(Uri health, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        while (!await IsHealthyAsync(http, health, cancellationToken))
        {
            await Task.Delay(ProbeInterval, cancellationToken);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, Uri health, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(health, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
        {
            return false;
        }
    }
}
