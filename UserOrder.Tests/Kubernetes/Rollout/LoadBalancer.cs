using System.Collections.Concurrent;
using UserOrder.Processes;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>HAProxy in place of a cluster's Services: it sends requests to the replicas that pass the readiness probe.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpClient _http = new();
    private readonly ChildProcess _process;
    private readonly Uri _statistics;

    /// <param name="folder">The folder for the configuration file.</param>
    /// <param name="services">The port and the replicas of each service.</param>
    /// <param name="statisticsPort">The port of the statistics page with the state of each replica.</param>
    public LoadBalancer(string folder, Dictionary<string, (int Port, Dictionary<string, Uri> Replicas)> services, int statisticsPort)
    {
        var configuration = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(configuration, Configuration(services, statisticsPort));
        _statistics = new Uri($"http://127.0.0.1:{statisticsPort}/;csv");
        _process = ChildProcess.Start(new ProcessSpecification(Program!, "-db", "-f", configuration), _output.Enqueue);
    }

    /// <summary>The path of HAProxy; null if it is not installed.</summary>
    public static string? Program { get; } = InstalledProgram.Find("haproxy");

    public Task WaitUntilUpAsync(string service, string replica) => Until.TrueAsync(
        $"HAProxy sends to {replica}",
        StatisticsAsync,
        statistics => statistics.Split('\n').Any(line => line.Split(',') is [var section, var server, ..] fields
            && section == service && server == replica && fields.Contains("UP")));

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        _http.Dispose();
    }

    private static string Configuration(Dictionary<string, (int Port, Dictionary<string, Uri> Replicas)> services, int statisticsPort) =>
        $"""
        defaults
          mode http
          timeout connect 5s
          timeout client 30s
          timeout server 30s
          timeout check 5s
          retries 0
          option httpchk
          http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost
          http-check expect status 200
          default-server check inter 200ms fall 3 rise 1

        listen statistics
          bind 127.0.0.1:{statisticsPort}
          stats enable
          stats uri /

        {string.Join('\n', services.Select(service => Section(service.Key, service.Value.Port, service.Value.Replicas)))}

        """;

    private static string Section(string service, int port, Dictionary<string, Uri> replicas) =>
        $"""
        listen {service}
          bind 127.0.0.1:{port}
          {string.Join("\n  ", replicas.Select(replica => $"server {replica.Key} 127.0.0.1:{replica.Value.Port}"))}

        """;

    private async Task<string> StatisticsAsync()
    {
        try
        {
            return await _http.GetStringAsync(_statistics, TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException exception)
        {
            return $"{exception.Message}\n{string.Join('\n', _output)}";
        }
    }
}
