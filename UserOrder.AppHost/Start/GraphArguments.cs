namespace UserOrder.AppHost.Start;

/// <summary>The options of <c>run.sh</c>, as configuration. Everything else is Aspire's, such as <c>--publisher</c> and <c>--Parameters:name=value</c>.</summary>
internal static class GraphArguments
{
    private const string DashboardPort = "dashboard=";

    /// <summary>
    /// Gives the flags <c>--fresh</c> and <c>--secure</c> their value, and turns <c>--port NAME=N</c> into the setting <c>Ports:NAME</c>;
    /// the dashboard's port is part of a setting of Aspire's own.
    /// </summary>
    public static string[] Expand(string[] args) => [.. ExpandEach(new Queue<string>(args))];

    private static IEnumerable<string> ExpandEach(Queue<string> remaining)
    {
        while (remaining.TryDequeue(out var argument))
        {
            yield return argument switch
            {
                "--fresh" or "--secure" => $"{argument}=true",
                "--port" when remaining.TryDequeue(out var port) => port.StartsWith(DashboardPort, StringComparison.Ordinal)
                    ? $"--ASPNETCORE_URLS=http://localhost:{Ports.Resolve("dashboard", port[DashboardPort.Length..])}"
                    : $"--{Ports.Section}:{port}",
                _ => argument,
            };
        }
    }
}
