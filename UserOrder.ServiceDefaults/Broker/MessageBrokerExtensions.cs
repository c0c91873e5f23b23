using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using UserOrder.ServiceDefaults.Transport;

namespace UserOrder.ServiceDefaults.Broker;

/// <summary>Registers the message broker's client.</summary>
public static class MessageBroker
{
    private const string RootCertificateKey = "Broker:RootCertificate";

    /// <summary>
    /// Registers a <c>RabbitMQ.Client.IConnectionFactory</c> for the AMQP URI in <c>ConnectionStrings:{name}</c>. With <c>amqps://</c> the
    /// broker's certificate must be for the URI's host, and signed by an authority that the system trusts, or by the one in the PEM file
    /// <c>Broker:RootCertificate</c> where that is set.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection string is missing or no AMQP URI, or the file is no certificate.</exception>
    public static WebApplicationBuilder AddMessageBroker(this WebApplicationBuilder builder, string name)
    {
        if (!Uri.TryCreate(builder.Configuration.GetConnectionString(name), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
        {
            throw new InvalidOperationException($"ConnectionStrings:{name} must be an AMQP URI, such as amqp://user:password@host:5672.");
        }

        var root = builder.Configuration[RootCertificateKey] is { Length: > 0 } path ? new RootCertificate(RootCertificateKey, path) : null;
        builder.AddRabbitMQClient(
            name,
            settings =>
            {
                // The messaging library opens its connections when the broker is there, and brings its own health check and spans.
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
            });
        return builder;
    }
}
