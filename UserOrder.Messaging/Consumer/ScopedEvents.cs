using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Consumer;

/// <summary>Applies the events of a batch one by one. Each has a scope, from which come its handler and the filters around it.</summary>
internal sealed class ScopedEvents<TData, THandler>(IServiceScopeFactory scopes, EventType<TData> type, SubscribedQueue source)
    : IEventHandler<TData>
    where THandler : class, IScopedEventHandler<TData>
{
    public async Task HandleAsync(
        IReadOnlyList<ReceivedEvent<TData>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var received in events)
        {
            await using var scope = scopes.CreateAsyncScope();
            await HandleAsync(received, transaction, scope.ServiceProvider, cancellationToken);
        }
    }

    private Task HandleAsync(
        ReceivedEvent<TData> received, OutboxTransaction transaction, IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new EventContext(
            received.Id, type.Name, received.Subject, received.Time, received.Data!, source.Name, transaction, services);
        services.GetRequiredService<CurrentEvent>().Context = context;
        Func<Task> next = () => services.GetRequiredService<THandler>().HandleAsync(received, transaction, cancellationToken);
        foreach (var filter in services.GetServices<IEventFilter>().Reverse())
        {
            var inner = next;
            next = () => filter.InvokeAsync(context, inner, cancellationToken);
        }

        return next();
    }
}
