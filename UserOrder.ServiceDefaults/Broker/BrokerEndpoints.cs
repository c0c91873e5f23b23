using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace UserOrder.ServiceDefaults.Broker;

/// <summary>The other nodes of the broker's cluster, in <c>Broker:Endpoints:0</c>, <c>Broker:Endpoints:1</c>, ….</summary>
internal static class BrokerEndpoints
{
    private const string Key = "Broker:Endpoints";

    /// <summary>Reads the endpoints. One without a port has the port of the connection string.</summary>
    /// <exception cref="InvalidOperationException">An endpoint is not a host with an optional port.</exception>
    public static IReadOnlyList<(string Host, int? Port)> Read(IConfiguration configuration) =>
        [.. configuration.GetSection(Key).GetChildren().Select(Parse)];

    /// <summary>Lets each connection attempt try all nodes in random order, with the login and the TLS settings of the factory.</summary>
    public static void AddTo(ConnectionFactory factory, IReadOnlyList<(string Host, int? Port)> others)
    {
        if (others.Count > 0)
        {
            factory.EndpointResolverFactory = _ => new DefaultEndpointResolver(
                [factory.Endpoint, .. others.Select(other => EndpointOf(factory, other.Host, other.Port ?? factory.Endpoint.Port))]);
        }
    }

    private static (string Host, int? Port) Parse(IConfigurationSection entry)
    {
        const int Unset = -1;
        return Uri.TryCreate($"node://{entry.Value}", UriKind.Absolute, out var uri)
            && uri is { Host.Length: > 0, UserInfo: "", PathAndQuery: "/" or "", Fragment: "" }
            ? (uri.DnsSafeHost, uri.Port == Unset ? null : uri.Port)
            : throw new InvalidOperationException(
                $"{entry.Path} must be a host with an optional port, such as rabbitmq-2:5672.");
    }

    private static AmqpTcpEndpoint EndpointOf(ConnectionFactory factory, string host, int port) =>
        new(host, port, new SslOption(host, enabled: factory.Ssl.Enabled)
        {
            CertificateValidationCallback = factory.Ssl.CertificateValidationCallback,
            Version = factory.Ssl.Version,
        });
}
