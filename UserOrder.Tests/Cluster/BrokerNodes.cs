using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using UserOrder.AppHost.LocalServers;
using UserOrder.Processes;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Cluster;

/// <summary>
/// Makes the graph's broker the first of three nodes of a cluster. The others are resources of the graph as well, so that a test can kill,
/// stop and start each.
/// </summary>
internal sealed class BrokerNodes
{
    // Erlang's default is 60 s. With 8 s the nodes notice a silent one within 10 s.
    private const string NoticeSilentNodes = "-kernel net_ticktime 8";

    private readonly string _cookie = Guid.NewGuid().ToString("N");
    private readonly string _mapperPort = NextPort();
    private readonly Dictionary<string, (string Amqp, string Management)> _ports =
        All.ToDictionary(node => node, _ => (NextPort(), NextPort()));

    private ChildProcess? _mapper;
    private string? _data;

    /// <summary>The names of the resources.</summary>
    public static string[] All { get; } = ["rabbitmq", "rabbitmq-2", "rabbitmq-3"];

    /// <summary>The fixed ports of the first node, which keeps them when it restarts.</summary>
    public IReadOnlyDictionary<(string Resource, string Endpoint), int> PortsOfFirst => new Dictionary<(string, string), int>
    {
        [(All[0], "tcp")] = AmqpPortOf(All[0]),
        [(All[0], "management")] = ManagementPortOf(All[0]),
        [(All[0], "epmd")] = Number(_mapperPort),
    };

    public int AmqpPortOf(string node) => Number(_ports[node].Amqp);

    public int ManagementPortOf(string node) => Number(_ports[node].Management);

    /// <summary>Starts the port mapper that the nodes share, because one that belongs to a node ends with it.</summary>
    public void StartMapper() =>
        _mapper = ChildProcess.Start(new ProcessSpecification("epmd", "-address", "127.0.0.1", "-port", _mapperPort), _ => { });

    public Task StopMapperAsync() => _mapper?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Adds the other nodes to a graph that has not started.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="data">The folder with the data of its servers.</param>
    public void AddTo(IDistributedApplicationTestingBuilder builder, string data)
    {
        _data = data;
        var first = builder.CreateResourceBuilder(builder.Resources.OfType<LocalServerResource>().Single(server => server.Name == All[0]));
        first.WithEnvironment("RABBITMQ_SERVER_START_ARGS", NoticeSilentNodes);
        Prepare(All[0]);
        foreach (var node in All[1..])
        {
            Add(builder, first.Resource, node);
            Prepare(node);
        }
    }

    /// <summary>Replaces the disk of a stopped node by an empty one.</summary>
    public void Erase(string node)
    {
        Directory.Delete(FolderOf(node), recursive: true);
        Prepare(node);
    }

    private static string NextPort() => FreePort.Next().ToString(CultureInfo.InvariantCulture);

    private static int Number(string port) => int.Parse(port, CultureInfo.InvariantCulture);

    private void Add(IDistributedApplicationTestingBuilder builder, LocalServerResource first, string node)
    {
        var added = builder.AddExecutable(node, "bash", first.WorkingDirectory, "rabbitmq.sh");

        // All nodes create the same administrator, because any of them may be the first to start.
        foreach (var environment in first.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            added.WithEnvironment(environment.Callback);
        }

        added
            .WithEnvironment("RABBITMQ_DATA", FolderOf(node))
            .WithEnvironment("RABBITMQ_NODENAME", LocalGraph.ErlangNameOf(node))
            .WithEnvironment("RABBITMQ_NODE_PORT", _ports[node].Amqp)
            .WithEnvironment("RABBITMQ_MANAGEMENT_PORT", _ports[node].Management)
            .WithEnvironment("RABBITMQ_PROMETHEUS_PORT", NextPort())
            .WithEnvironment("RABBITMQ_DIST_PORT", NextPort());
    }

    /// <summary>Writes what a node needs to find the others.</summary>
    private void Prepare(string node)
    {
        var folder = FolderOf(node);
        var cookie = Path.Combine(folder, ".erlang.cookie");
        var peers = All.Select((peer, i) => $"cluster_formation.classic_config.nodes.{i + 1} = {LocalGraph.ErlangNameOf(peer)}");
        Directory.CreateDirectory(Path.Combine(folder, "conf.d"));
        File.WriteAllText(cookie, _cookie);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllLines(
            Path.Combine(folder, "conf.d", "cluster.conf"),
            [
                "cluster_formation.peer_discovery_backend = classic_config",
                .. peers,
                "cluster_partition_handling = pause_minority",
            ]);
    }

    private string FolderOf(string node) => Path.Combine(_data!, $"userorder-{node}");
}
