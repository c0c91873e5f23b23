using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging;

/// <summary>Declares the events that a service publishes and subscribes to.</summary>
public sealed class MessagingBuilder
{
    private readonly IServiceCollection _services;

    internal MessagingBuilder(IServiceCollection services) => _services = services;

    internal IServiceCollection Services => _services;

    /// <summary>
    /// Declares an event type that the service publishes. The outbox refuses every other one. A self-provisioned broker user may publish
    /// only these.
    /// </summary>
    /// <typeparam name="TData">The event's content.</typeparam>
    /// <param name="type">The event type, which is the routing key.</param>
    public MessagingBuilder Publish<TData>(EventType<TData> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _services.AddSingleton(new PublishedType(type.Name));
        return this;
    }

    /// <summary>Subscribes a handler of batches to one event type on a queue of its own. Each event takes effect exactly once.</summary>
    /// <typeparam name="TData">The event's content.</typeparam>
    /// <typeparam name="THandler">The handler that applies it; a singleton.</typeparam>
    /// <param name="type">The event type, which is the binding key.</param>
    /// <param name="queue">The queue's name, <c>service.event</c>. Its dead letters go to <c>{queue}.dead</c>.</param>
    /// <param name="inOrder">
    /// Whether events with the same ordering key take effect in the order in which they arrive. One replica at a time then consumes the
    /// queue. While one event waits for another attempt, those of its key wait, too; a dead letter no longer holds them up.
    /// </param>
    public MessagingBuilder Subscribe<TData, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        EventType<TData> type, string queue, bool inOrder = false)
        where THandler : class, IEventHandler<TData>
    {
        ArgumentNullException.ThrowIfNull(type);
        return Consume<TData, THandler>(type, new SubscribedQueue(queue, type.Name, IsOrdered: inOrder));
    }

    /// <summary>
    /// Subscribes a handler of single events to one event type on a queue of its own. Each event has a scope and takes effect exactly once.
    /// </summary>
    /// <typeparam name="TData">The event's content.</typeparam>
    /// <typeparam name="THandler">The handler that applies it; scoped.</typeparam>
    /// <param name="type">The event type, which is the binding key.</param>
    /// <param name="queue">The queue's name, <c>service.event</c>. Its dead letters go to <c>{queue}.dead</c>.</param>
    /// <param name="inOrder">
    /// Whether events with the same ordering key take effect in the order in which they arrive. One replica at a time then consumes the
    /// queue. While one event waits for another attempt, those of its key wait, too; a dead letter no longer holds them up.
    /// </param>
    public MessagingBuilder SubscribeScoped<
        TData, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        EventType<TData> type, string queue, bool inOrder = false)
        where THandler : class, IScopedEventHandler<TData>
    {
        ArgumentNullException.ThrowIfNull(type);
        return ConsumeScoped<TData, THandler>(type, new SubscribedQueue(queue, type.Name, IsOrdered: inOrder));
    }

    /// <summary>
    /// Adds a filter around the handlers of all <see cref="SubscribeScoped"/> and <see cref="DrainScoped"/>. The first one runs outermost.
    /// </summary>
    /// <typeparam name="TFilter">The filter; scoped.</typeparam>
    public MessagingBuilder Filter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>()
        where TFilter : class, IEventFilter
    {
        _services.AddScoped<IEventFilter, TFilter>();
        return this;
    }

    /// <summary>
    /// Ends a subscription without a loss: the service unbinds the queue from the exchange, and its handler applies what the queue still
    /// holds. Delete the queue with the version after, when it is empty.
    /// </summary>
    /// <typeparam name="TData">The event's content.</typeparam>
    /// <typeparam name="THandler">The handler that applies it; a singleton.</typeparam>
    /// <param name="type">The event type, which is the binding key.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="inOrder">As in the subscription.</param>
    public MessagingBuilder Drain<TData, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        EventType<TData> type, string queue, bool inOrder = false)
        where THandler : class, IEventHandler<TData>
    {
        ArgumentNullException.ThrowIfNull(type);
        return Consume<TData, THandler>(type, new SubscribedQueue(queue, type.Name, IsDrained: true, IsOrdered: inOrder));
    }

    /// <summary>Ends the subscription of <see cref="SubscribeScoped"/> without a loss, as <see cref="Drain"/> does.</summary>
    /// <typeparam name="TData">The event's content.</typeparam>
    /// <typeparam name="THandler">The handler that applies it; scoped.</typeparam>
    /// <param name="type">The event type, which is the binding key.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="inOrder">As in the subscription.</param>
    public MessagingBuilder DrainScoped<
        TData, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        EventType<TData> type, string queue, bool inOrder = false)
        where THandler : class, IScopedEventHandler<TData>
    {
        ArgumentNullException.ThrowIfNull(type);
        return ConsumeScoped<TData, THandler>(type, new SubscribedQueue(queue, type.Name, IsDrained: true, IsOrdered: inOrder));
    }

    private MessagingBuilder Consume<TData, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        EventType<TData> type, SubscribedQueue source)
        where THandler : class, IEventHandler<TData>
    {
        _services.TryAddSingleton<THandler>();
        return Consume(type, source, provider => provider.GetRequiredService<THandler>());
    }

    private MessagingBuilder ConsumeScoped<
        TData, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        EventType<TData> type, SubscribedQueue source)
        where THandler : class, IScopedEventHandler<TData>
    {
        _services.TryAddScoped<CurrentEvent>();
        _services.TryAddScoped(provider => provider.GetRequiredService<CurrentEvent>().Context);
        _services.TryAddScoped<THandler>();
        return Consume(
            type, source, provider => new ScopedEvents<TData, THandler>(provider.GetRequiredService<IServiceScopeFactory>(), type, source));
    }

    private MessagingBuilder Consume<TData>(
        EventType<TData> type, SubscribedQueue source, Func<IServiceProvider, IEventHandler<TData>> handlerOf)
    {
        _services.AddSingleton(source);
        _services.AddSingleton(new EventCheck(source.Name, type.Name, body => CloudEventReader.Read(type, body.Span).Event.Id));
        _services.AddSingleton(provider => new Subscription<TData>(type, source, handlerOf(provider)));
        _services.AddSingleton<IHostedService>(provider =>
        {
            var subscription = provider.GetServices<Subscription<TData>>().Single(added => ReferenceEquals(added.Source, source));
            var telemetry = new ConsumerTelemetry(provider.GetRequiredService<MessagingTelemetry>(), source.Name, type.Name);
            var processor = ActivatorUtilities.CreateInstance<BatchProcessor<TData>>(
                provider,
                subscription,
                telemetry,
                ActivatorUtilities.CreateInstance<DeliveryReader<TData>>(provider, subscription, telemetry),
                ActivatorUtilities.CreateInstance<InboxTransaction<TData>>(provider, subscription, telemetry),
                ActivatorUtilities.CreateInstance<FailurePolicy>(provider, source.Name, telemetry));
            return ActivatorUtilities.CreateInstance<EventConsumer<TData>>(provider, subscription, processor);
        });
        return this;
    }
}
