using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Terminal;

namespace UserOrder.ManifestRunner.CommandLine;

/// <summary>Runs the graph until the user ends it.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(RunnerArguments arguments)
    {
        using var shutdown = new ShutdownSignals();
        var console = GraphConsole.Standard(arguments.Detail);
        try
        {
            await using var graph = await ManifestGraph.StartAsync(
                arguments.Graph with { LogSink = console.Write, ResourceChanged = console.Write },
                shutdown.Token);
            console.WriteSummary(GraphSummary.Of(graph, arguments.Graph.Environment));
            await shutdown.Requested;
            console.WriteNote("Stopping …");
        }
        catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
        {
            console.WriteNote("Interrupted while starting.");
        }

        console.WriteNote("Everything has stopped.");
        return ExitCodes.Success;
    }
}
