using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// An event that an <see cref="IScopedEventHandler{TData}"/> applies. Filters get it, and services of the event's scope may ask for it.
/// </summary>
public sealed class EventContext
{
    internal EventContext(
        Guid id,
        string type,
        string? subject,
        DateTimeOffset time,
        object data,
        string queue,
        OutboxTransaction transaction,
        IServiceProvider services)
    {
        Id = id;
        Type = type;
        Subject = subject;
        Time = time;
        Data = data;
        Queue = queue;
        Transaction = transaction;
        Services = services;
    }

    /// <summary>The CloudEvents <c>id</c>, the key of the inbox.</summary>
    public Guid Id { get; }

    /// <summary>The CloudEvents <c>type</c>, which is the routing key.</summary>
    public string Type { get; }

    /// <summary>The entity that the event is about, usually its id; <see langword="null"/> if the producer named none.</summary>
    public string? Subject { get; }

    /// <summary>When the event happened, by the producer's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The event's content.</summary>
    public object Data { get; }

    /// <summary>The queue that the event came from.</summary>
    public string Queue { get; }

    /// <summary>The open transaction, which also holds the event's inbox row. The caller commits it.</summary>
    public OutboxTransaction Transaction { get; }

    /// <summary>The event's scope.</summary>
    public IServiceProvider Services { get; }
}
