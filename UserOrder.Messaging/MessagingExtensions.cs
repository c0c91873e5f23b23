using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging;
using UserOrder.Messaging.Auditing;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Idempotency;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Retention;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the reliable path between services.</summary>
public static class MessagingExtensions
{
    private const string ManagementConnection = "rabbitmq-management";

    /// <summary>
    /// Adds the outbox with its relay, <see cref="IdempotentRequests"/>, and the health checks <c>broker</c>, <c>circuits</c>,
    /// <c>outbox</c>, <c>consumers</c>, <c>writes</c> and <c>dead-letters</c>. The first four report an outage, or events that do not move,
    /// as degraded, because outbox and queues keep the events meanwhile. The fifth is unhealthy while the database takes no writes. The
    /// last one reports the number of dead letters and is always healthy.
    /// </summary>
    /// <remarks>
    /// Requires a <c>RabbitMQ.Client.IConnectionFactory</c> and <see cref="DatabaseExtensions.AddPostgresDatabase"/>. If
    /// <c>ConnectionStrings:rabbitmq-management</c> is set, such as <c>http://administrator:password@host:15672</c>, the service provisions
    /// its own broker user, which may use only the service's queues and events.
    /// </remarks>
    /// <param name="builder">The service's builder.</param>
    /// <param name="serviceName">The service's name, which becomes the source of its events.</param>
    /// <returns>A builder that declares the service's events.</returns>
    /// <exception cref="InvalidOperationException"><c>ConnectionStrings:rabbitmq-management</c> is invalid.</exception>
    public static MessagingBuilder AddMessaging(this IHostApplicationBuilder builder, string serviceName)
    {
        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<MessagingOptions, MessagingOptionsValidator>()
            .BindConfiguration("Messaging")
            .Configure(options => options.ServiceName = serviceName);

        services.TryAddSingleton(TimeProvider.System);
        services.AddMigrations(typeof(MessagingExtensions).Assembly);
        services.AddSingleton(provider => new MessagingTelemetry(
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<IConnectionFactory>(),
            provider.GetRequiredService<IOptions<MessagingOptions>>()));
        var management = ConnectionStrings.Management(builder.Configuration, ManagementConnection);
        services.AddSingleton(provider => new BrokerAccess(
            management,
            provider.GetRequiredService<IConnectionFactory>(),
            provider.GetServices<SubscribedQueue>(),
            provider.GetServices<PublishedType>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<MessagingOptions>>(),
            provider.GetRequiredService<ILogger<BrokerAccess>>()));
        services.AddSingleton<AuditStore>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<PauseStore>();
        services.AddSingleton<PauseWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<PauseWatch>());
        services.AddSingleton<BrokerConnections>();
        services.AddSingleton<BrokerProblems>();
        services.AddSingleton<PublishedTypes>();
        services.AddSingleton<ConsumedQueues>();
        services.AddSingleton<DeliverySplitter>();
        services.AddHostedService<TopologyKeeper>();
        services.AddSingleton(provider => new Circuits(
            exception => exception is not HandlerFailedException,
            provider.GetRequiredService<MessagingTelemetry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Circuit>>()));
        services.AddHealthChecks()
            .AddCheck<BrokerHealthCheck>("broker")
            .AddCheck<CircuitHealthCheck>("circuits")
            .AddCheck<OutboxHealthCheck>("outbox")
            .AddCheck<ConsumerHealthCheck>("consumers")
            .AddCheck<WriteHealthCheck>("writes");
        services.AddDeadLetters();

        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<HandOver>();
        services.AddSingleton<WriteHealthCheck>();
        services.AddSingleton<OutboxBacklog>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxBacklog>());
        services.AddSingleton(provider => new EventOutbox(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<OutboxSignal>(),
            provider.GetRequiredService<HandOver>(),
            provider.GetRequiredService<MessagingTelemetry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<PublishedTypes>(),
            provider.GetRequiredService<WriteHealthCheck>(),
            provider.GetRequiredService<IOptions<MessagingOptions>>()));
        services.AddHostedService<OutboxRelay>();
        services.AddSingleton(provider => new IdempotentRequests(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => InboxStore.Purged(provider.GetRequiredService<IOptions<MessagingOptions>>().Value));
        services.AddSingleton(provider => IdempotencyStore.Purged(provider.GetRequiredService<IOptions<MessagingOptions>>().Value));
        services.AddSingleton(provider => AuditStore.Purged(provider.GetRequiredService<IOptions<MessagingOptions>>().Value));
        services.AddHostedService<RetentionPurger>();
        return new MessagingBuilder(services);
    }
}
