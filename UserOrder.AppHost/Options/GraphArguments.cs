namespace UserOrder.AppHost.Options;

/// <summary>
/// The options of <c>run.sh</c> as configuration. All other options are Aspire's, such as <c>--publisher</c> and
/// <c>--Parameters:name=value</c>.
/// </summary>
internal static class GraphArguments
{
    private const string DashboardPort = "dashboard=";

    /// <summary>
    /// Adds the value of the flags <c>--fresh</c> and <c>--secure</c>, and converts <c>--port NAME=N</c> to the setting <c>Ports:NAME</c>,
    /// or to Aspire's setting for the dashboard.
    /// </summary>
    /// <exception cref="DistributedApplicationException">A port does not have the form NAME=N.</exception>
    public static string[] Expand(string[] args) => [.. ExpandEach(new Queue<string>(args))];

    /// <summary>Whether a flag is set.</summary>
    /// <exception cref="DistributedApplicationException">Its value is neither <c>true</c> nor <c>false</c>.</exception>
    public static bool HasFlag(this IDistributedApplicationBuilder graph, string name) => graph.Configuration[name] switch
    {
        null => false,
        var text when bool.TryParse(text, out var isSet) => isSet,
        var text => throw new DistributedApplicationException($"--{name} is '{text}'. It can be 'true' or 'false'."),
    };

    private static IEnumerable<string> ExpandEach(Queue<string> remaining)
    {
        while (remaining.TryDequeue(out var argument))
        {
            yield return argument switch
            {
                "--fresh" or "--secure" => $"{argument}=true",
                "--port" => ExpandPort(remaining.TryDequeue(out var port) ? port : ""),
                _ => argument,
            };
        }
    }

    private static string ExpandPort(string port) =>
        port.StartsWith(DashboardPort, StringComparison.Ordinal)
            ? $"--ASPNETCORE_URLS=http://localhost:{Ports.Resolve("dashboard", port[DashboardPort.Length..])}"
        : port.Contains('=', StringComparison.Ordinal) ? $"--{Ports.Section}:{port}"
        : throw new DistributedApplicationException($"--port '{port}' does not have the form NAME=N, such as user-api=3005.");
}
