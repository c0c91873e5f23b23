using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace UserOrder.ServiceDefaults;

/// <summary>Registers the message broker's client.</summary>
public static class MessageBroker
{
    /// <summary>Registers a <c>RabbitMQ.Client.IConnectionFactory</c> for the AMQP URI in <c>ConnectionStrings:{name}</c>.</summary>
    /// <exception cref="InvalidOperationException">The connection string is missing or no AMQP URI.</exception>
    public static WebApplicationBuilder AddMessageBroker(this WebApplicationBuilder builder, string name)
    {
        if (!Uri.TryCreate(builder.Configuration.GetConnectionString(name), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
        {
            throw new InvalidOperationException($"ConnectionStrings:{name} must be an AMQP URI, such as amqp://user:password@host:5672.");
        }

        builder.AddRabbitMQClient(name, settings =>
        {
            // The messaging library opens its connections when the broker is there, and brings its own health check and spans.
            settings.DisableAutoActivation = true;
            settings.DisableHealthChecks = true;
            settings.DisableTracing = true;
        });
        return builder;
    }
}
