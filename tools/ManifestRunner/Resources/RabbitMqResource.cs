using System.Globalization;
using System.Security.Cryptography;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>A RabbitMQ container, run as a private node of the RabbitMQ server that is installed on this machine.</summary>
internal sealed class RabbitMqResource : GraphResource
{
    private const string AmqpBinding = "tcp";
    private const string ManagementBinding = "management";
    private const int MostSchedulers = 4;
    private const UnixFileMode OwnerReadsOnly = UnixFileMode.UserRead;

    private readonly string _server;
    private readonly string _folder;
    private readonly Endpoint _amqp;
    private readonly Endpoint? _management;
    private readonly string _user;
    private readonly ConnectionFactory _login;
    private readonly Dictionary<string, string> _settings;
    private readonly Endpoint _metrics;
    private readonly int _distributionPort;
    private readonly int _portMapperPort;

    /// <exception cref="RunnerException">No RabbitMQ server is installed.</exception>
    public RabbitMqResource(string name, ResourceContext context)
        : base(name, ResourceKind.Server, context)
    {
        _server = InstalledPrograms.RabbitMqServer();
        _folder = context.Data.For(name);
        _amqp = context.Endpoints[name, AmqpBinding];
        var image = ContainerImage.Parse(context.Manifest[name].Image!);
        _management = image.Tag.Contains("management", StringComparison.Ordinal) ? context.Endpoints[name, ManagementBinding] : null;
        _settings = context.EnvironmentOf(name);
        _user = _settings.GetValueOrDefault("RABBITMQ_DEFAULT_USER", "guest");
        _login = new ConnectionFactory
        {
            HostName = _amqp.Host,
            Port = _amqp.Port,
            UserName = _user,
            Password = _settings.GetValueOrDefault("RABBITMQ_DEFAULT_PASS", "guest"),
            VirtualHost = _settings.GetValueOrDefault("RABBITMQ_DEFAULT_VHOST", "/"),
            AutomaticRecoveryEnabled = false,
        };
        _metrics = new Endpoint("http", Endpoint.Loopback, context.Endpoints.Ports.AnyFree());
        _distributionPort = context.Endpoints.Ports.AnyFree();
        _portMapperPort = context.Endpoints.Ports.AnyFree();
    }

    /// <summary>Where Prometheus finds the broker's metrics. The container image offers them, too, on a port that the manifest does not name.</summary>
    public Uri MetricsUrl => new(_metrics.Url);

    protected override string ReadyCondition => "it accepts an AMQP login";

    protected override Signal StopSignal => Signal.Terminate;

    protected override async Task LaunchAsync(CancellationToken cancellationToken)
    {
        await WriteConfigurationAsync(cancellationToken);
        // Left to itself the node would start a port mapper that outlives it and serves the whole machine.
        var portMapper = InstalledPrograms.ErlangPortMapper();
        Launch(new ProcessSpecification(portMapper, "-port", Text(_portMapperPort), "-address", Endpoint.Loopback));
        Launch(new ProcessSpecification(_server) { WorkingDirectory = _folder, Environment = ServerEnvironment() });
    }

    protected override async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        // Only a login proves that the broker is up: its port opens late in the boot, and a virtual host still later.
        try
        {
            await using var connection = await _login.CreateConnectionAsync(cancellationToken);
            return null;
        }
        catch (BrokerUnreachableException exception) when (exception.InnerException is PossibleAuthenticationFailureException)
        {
            throw LoginRefused(_user, exception);
        }
        catch (BrokerUnreachableException exception)
        {
            return exception.InnerException?.Message ?? exception.Message;
        }
    }

    private async Task WriteConfigurationAsync(CancellationToken cancellationToken)
    {
        // Limits for a developer's machine, which has other things to do with its memory and disk than a broker's host.
        var management = _management is null ? "" : $"""
            management.tcp.ip = {_management.Host}
            management.tcp.port = {_management.Port}
            """;
        await File.WriteAllTextAsync(InFolder("rabbitmq.conf"), $"""
            listeners.tcp.1 = {_amqp.Host}:{_amqp.Port}
            {management}
            prometheus.tcp.ip = {_metrics.Host}
            prometheus.tcp.port = {_metrics.Port}
            vm_memory_high_watermark.relative = 0.2
            disk_free_limit.absolute = 256MB
            raft.wal_max_size_bytes = {64 * 1024 * 1024}

            """, cancellationToken);
        var plugins = _management is null ? "rabbitmq_prometheus" : "rabbitmq_management,rabbitmq_prometheus";
        await File.WriteAllTextAsync(InFolder("enabled_plugins"), $"[{plugins}].", cancellationToken);
        await File.WriteAllTextAsync(InFolder("rabbitmq-env.conf"), "", cancellationToken);

        var cookie = InFolder(".erlang.cookie");
        if (!File.Exists(cookie))
        {
            await File.WriteAllTextAsync(cookie, RandomNumberGenerator.GetHexString(32), cancellationToken);
            File.SetUnixFileMode(cookie, OwnerReadsOnly);
        }
    }

    private Dictionary<string, string?> ServerEnvironment()
    {
        var variables = _settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);
        variables["HOME"] = _folder;
        variables["ERL_EPMD_ADDRESS"] = Endpoint.Loopback;
        variables["ERL_EPMD_PORT"] = Text(_portMapperPort);
        variables["RABBITMQ_NODENAME"] = $"{Name}@localhost";
        variables["RABBITMQ_DIST_PORT"] = Text(_distributionPort);
        variables["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            $"+S {Math.Min(Environment.ProcessorCount, MostSchedulers)} -kernel inet_dist_use_interface {{127,0,0,1}}";
        // To boot is to load thousands of modules, each a hand-over between threads. With a short wait for the next one
        // instead of none, the default, the node is up in half the time; idle, it takes 1 % of a core.
        variables["RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD"] = "short";
        variables["RABBITMQ_LOGS"] = "-";
        variables["RABBITMQ_LOG_BASE"] = InFolder("log");
        variables["RABBITMQ_MNESIA_BASE"] = InFolder("mnesia");
        variables["RABBITMQ_MNESIA_DIR"] = InFolder("mnesia", "node");
        variables["RABBITMQ_PID_FILE"] = InFolder("pid");

        // Each file that the machine's own broker might have under /etc/rabbitmq is replaced, even by one that does not exist.
        variables["RABBITMQ_CONF_ENV_FILE"] = InFolder("rabbitmq-env.conf");
        variables["RABBITMQ_CONFIG_FILE"] = InFolder("rabbitmq.conf");
        variables["RABBITMQ_CONFIG_FILES"] = InFolder("conf.d");
        variables["RABBITMQ_ADVANCED_CONFIG_FILE"] = InFolder("advanced.config");
        variables["RABBITMQ_ENABLED_PLUGINS_FILE"] = InFolder("enabled_plugins");
        return variables;
    }

    private string InFolder(params ReadOnlySpan<string> parts) => Path.Combine([_folder, .. parts]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
