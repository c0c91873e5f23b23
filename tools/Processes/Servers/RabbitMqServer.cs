using System.Globalization;
using RabbitMQ.Client;

namespace UserOrder.Processes.Servers;

/// <summary>A private RabbitMQ.</summary>
/// <param name="startArguments">Further arguments of Erlang's, such as settings of the node.</param>
/// <param name="hasManagement">Whether the node serves the management API.</param>
internal sealed class RabbitMqServer(string? startArguments = null, bool hasManagement = false) : LocalServer
{
    private const string User = "guest";

    private static readonly string[] PortVariables =
        ["RABBITMQ_NODE_PORT", "RABBITMQ_PROMETHEUS_PORT", "RABBITMQ_DIST_PORT", "ERL_EPMD_PORT"];

    private readonly Dictionary<string, string?> _ports =
        PortVariables.ToDictionary(variable => variable, string? (_) => FreePort.Next().ToString(CultureInfo.InvariantCulture));

    public string Uri => $"amqp://{User}:{Password}@127.0.0.1:{_ports[PortVariables[0]]}";

    protected override ProcessSpecification Command => new("bash", Script("rabbitmq.sh"))
    {
        Environment = new Dictionary<string, string?>(_ports)
        {
            ["RABBITMQ_DATA"] = Folder.FullName,
            ["RABBITMQ_DEFAULT_USER"] = User,
            ["RABBITMQ_DEFAULT_PASS"] = Password,
            ["RABBITMQ_SERVER_START_ARGS"] = startArguments,
            ["RABBITMQ_MANAGEMENT_PORT"] = hasManagement ? FreePort.Next().ToString(CultureInfo.InvariantCulture) : null,
        },
    };

    public Task<IConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
        new ConnectionFactory { Uri = new Uri(Uri), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(cancellationToken);

    protected override async Task LoginAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
    }
}
