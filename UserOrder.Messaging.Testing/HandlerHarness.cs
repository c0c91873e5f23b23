using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Testing;

/// <summary>
/// Runs the handlers that a service subscribes, with their scopes and filters, in a transaction of the service's database. It needs no
/// broker: build the service's host and do not start it.
/// </summary>
/// <param name="services">The services of the host, whose database has its tables.</param>
public sealed class HandlerHarness(IServiceProvider services)
{
    /// <summary>Applies an event that happens now and has no subject, by the only handler of its type.</summary>
    /// <typeparam name="TData">The event's content as the subscriber reads it.</typeparam>
    /// <param name="type">The event type.</param>
    /// <param name="data">The event's content.</param>
    /// <param name="cancellationToken">For the handler's own calls.</param>
    /// <returns>The open transaction with what the handler wrote. Its disposal rolls back.</returns>
    /// <exception cref="InvalidOperationException">No handler subscribes to the type, or several do.</exception>
    /// <exception cref="JsonException">The content does not survive its JSON.</exception>
    public Task<HandledEvents> HandleAsync<TData>(EventType<TData> type, TData data, CancellationToken cancellationToken = default)
    {
        var now = services.GetRequiredService<TimeProvider>().ReadWallClock();
        return HandleAsync(
            type, [new ReceivedEvent<TData>(TimeOrderedId.New(now), Subject: null, now, data)], queue: null, cancellationToken);
    }

    /// <summary>Applies events as one batch.</summary>
    /// <typeparam name="TData">The events' content as the subscriber reads it.</typeparam>
    /// <param name="type">The event type.</param>
    /// <param name="events">At least one event.</param>
    /// <param name="queue">The queue of the subscription; unnecessary if only one handler subscribes to the type.</param>
    /// <param name="cancellationToken">For the handler's own calls.</param>
    /// <returns>The open transaction with what the handler wrote. Its disposal rolls back.</returns>
    /// <exception cref="InvalidOperationException">No handler subscribes to the type on the queue, or several do.</exception>
    /// <exception cref="JsonException">A content does not survive its JSON.</exception>
    public async Task<HandledEvents> HandleAsync<TData>(
        EventType<TData> type,
        IReadOnlyList<ReceivedEvent<TData>> events,
        string? queue = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(events);
        var subscription = Find(type, queue);
        var read = events.Select(sent => sent with { Data = Read(subscription.Type, sent.Data) }).ToList();
        var transaction = await services.GetRequiredService<EventOutbox>().BeginTransactionAsync(cancellationToken);
        try
        {
            await subscription.Handler.HandleAsync(read, transaction, cancellationToken);
            return await HandledEvents.ReadAsync(transaction, services, cancellationToken);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private Subscription<TData> Find<TData>(EventType<TData> type, string? queue)
    {
        var found = services.GetServices<Subscription<TData>>()
            .Where(subscription => subscription.Type.Name == type.Name && (queue is null || subscription.Queue == queue))
            .ToList();
        return found is [var single]
            ? single
            : throw new InvalidOperationException(
                $"{found.Count} handlers subscribe to {type.Name}{(queue is null ? "" : $" on {queue}")}; the harness runs exactly one.");
    }

    private static TData Read<TData>(EventType<TData> type, TData data) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(data, type.Json), type.Json)!;
}
