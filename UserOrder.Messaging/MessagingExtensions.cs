using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging;

/// <summary>Registers the reliable path between services.</summary>
public static class MessagingExtensions
{
    /// <summary>
    /// Adds the outbox with its relay, and the health check <c>broker</c>, which reports an outage as degraded: the outbox holds the
    /// events meanwhile. The health check <c>dead-letters</c> counts them and is always healthy. Needs a <c>RabbitMQ.Client.IConnectionFactory</c> and
    /// <see cref="DatabaseExtensions.AddPostgresDatabase"/>.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="serviceName">The service's name, the source of its events.</param>
    /// <returns>A builder that takes the service's subscriptions.</returns>
    public static MessagingBuilder AddMessaging(this IHostApplicationBuilder builder, string serviceName)
    {
        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<MessagingOptions, MessagingOptionsValidator>()
            .BindConfiguration("Messaging")
            .Configure(options => options.ServiceName = serviceName);

        services.TryAddSingleton(TimeProvider.System);
        services.AddMigrations(typeof(MessagingExtensions).Assembly);
        services.AddSingleton<MessagingTelemetry>();
        services.AddSingleton<BrokerConnections>();
        services.AddHealthChecks().AddCheck<BrokerHealthCheck>("broker");
        services.AddDeadLetters();

        services.AddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new EventOutbox(
            provider.GetRequiredService<OutboxSignal>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<MessagingOptions>>()));
        services.AddHostedService<OutboxRelay>();
        return new MessagingBuilder(services);
    }
}
