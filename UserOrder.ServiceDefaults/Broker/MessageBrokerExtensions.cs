using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using UserOrder.ServiceDefaults.Broker;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the message broker's client.</summary>
public static class MessageBrokerExtensions
{
    private const string RootCertificateKey = "Broker:RootCertificate";

    /// <summary>
    /// Registers a <c>RabbitMQ.Client.IConnectionFactory</c> for the AMQP URI in <c>ConnectionStrings:{name}</c>. With <c>amqps://</c> the
    /// broker's certificate must match the URI's host. An authority that the system trusts must have signed it, or the one in the PEM file
    /// <c>Broker:RootCertificate</c> when that is set. <c>Broker:Endpoints:0</c>, <c>Broker:Endpoints:1</c>, … name the other nodes of a
    /// cluster, such as <c>rabbitmq-2:5672</c>: a connection attempt tries all nodes in random order.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The connection string is missing or not an AMQP URI, an endpoint is not a host with an optional port, or the file holds no
    /// certificate.
    /// </exception>
    public static TBuilder AddMessageBroker<TBuilder>(this TBuilder builder, string name)
        where TBuilder : IHostApplicationBuilder
    {
        if (!IsAmqpUri(builder.Configuration.GetConnectionString(name)))
        {
            throw new InvalidOperationException($"ConnectionStrings:{name} must be an AMQP URI, such as amqp://user:password@host:5672.");
        }

        var others = BrokerEndpoints.Read(builder.Configuration);
        var root = builder.Configuration[RootCertificateKey] is { Length: > 0 } path ? new RootCertificate(RootCertificateKey, path) : null;
        builder.AddRabbitMQClient(
            name,
            settings =>
            {
                // The messaging library opens its own connections, and has its own health check and spans.
                settings.DisableAutoActivation = true;
                settings.DisableHealthChecks = true;
                settings.DisableTracing = true;
            },
            factory =>
            {
                if (root is not null)
                {
                    factory.Ssl.CertificateValidationCallback = (_, certificate, chain, errors) => root.Accepts(certificate, chain, errors);
                }

                BrokerEndpoints.AddTo(factory, others);
            });
        return builder;
    }

    /// <remarks>Asks the client, because its own exceptions quote parts of the URI.</remarks>
    private static bool IsAmqpUri(string? value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri))
        {
            return false;
        }

        try
        {
            _ = new ConnectionFactory { Uri = uri };
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
