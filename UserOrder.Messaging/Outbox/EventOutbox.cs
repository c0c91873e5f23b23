using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Writes events for other services. An event becomes a row in the transaction of the change that caused it, and the relay publishes it
/// after the commit.
/// </summary>
/// <remarks>The pattern: https://microservices.io/patterns/data/transactional-outbox.html.</remarks>
public sealed class EventOutbox
{
    private const int MaxKeyLength = 255;

    private readonly NpgsqlDataSource _database;
    private readonly OutboxSignal _signal;
    private readonly HandOver _handOver;
    private readonly MessagingTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly PublishedTypes _published;
    private readonly WriteHealthCheck _writes;
    private readonly MessagingOptions _options;

    internal EventOutbox(
        NpgsqlDataSource database,
        OutboxSignal signal,
        HandOver handOver,
        MessagingTelemetry telemetry,
        TimeProvider time,
        PublishedTypes published,
        WriteHealthCheck writes,
        IOptions<MessagingOptions> options)
    {
        _published = published;
        _writes = writes;
        _database = database;
        _signal = signal;
        _handOver = handOver;
        _telemetry = telemetry;
        _time = time;
        _options = options.Value;
    }

    /// <summary>Creates the row for an event that happens now, with the current trace context.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="subject">The entity that the event is about, usually its id.</param>
    /// <param name="data">The event's content.</param>
    /// <param name="orderingKey">
    /// Events of this type with the same key are published in the order of their commits, and a subscription in order applies them so. At
    /// most 255 characters, often the subject; null if the order does not matter. It becomes the attribute <c>partitionkey</c>.
    /// </param>
    /// <exception cref="InvalidOperationException"><see cref="MessagingBuilder.Publish{TData}"/> has not declared the type.</exception>
    /// <exception cref="ArgumentException">
    /// The event is larger than <see cref="MessagingOptions.MaxMessageBytes"/>, or the ordering key is empty or too long.
    /// </exception>
    public OutboxMessage CreateMessage<TData>(EventType<TData> type, string subject, TData data, string? orderingKey = null)
    {
        if (orderingKey is { Length: 0 or > MaxKeyLength })
        {
            throw new ArgumentException($"An ordering key has 1 to {MaxKeyLength} characters.", nameof(orderingKey));
        }

        if (!_published.Contains(type.Name))
        {
            throw new InvalidOperationException(
                $"The service {_options.ServiceName} does not publish {type.Name}. Declare the type: AddMessaging(…).Publish(…).");
        }

        var now = _time.ReadWallClock();
        var id = TimeOrderedId.New(now);

        // A caller's malformed traceparent makes an id of another format, which is no valid attribute.
        var origin = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current : null;
        var body = CloudEventWriter.Write(type, id, $"/{_options.ServiceName}", subject, now, origin, data, orderingKey);
        return body.Length <= _options.MaxMessageBytes
            ? new OutboxMessage(id, type.Name, body, origin?.Id, origin?.TraceStateString) { OrderingKey = orderingKey }
            : throw new ArgumentException(
                $"The event {type.Name} has {body.Length} bytes; at most {_options.MaxMessageBytes} are allowed.", nameof(data));
    }

    /// <summary>Begins the transaction of a change and its events.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public Task<OutboxTransaction> BeginTransactionAsync(CancellationToken cancellationToken) =>
        OutboxTransaction.BeginAsync(_database, _signal, _writes, cancellationToken);

    /// <summary>
    /// Creates a batcher for a statement that writes rows and their events together, with the fragments of <see cref="OutboxStore"/>. Each
    /// of its commits hands the events to the relay, and <c>userorder.batch.size</c> records the size of each batch.
    /// </summary>
    /// <param name="name">The operation and its table, such as <c>INSERT users</c>: the name of a span in each request's trace.</param>
    /// <param name="eventOf">The event of an item, which has no ordering key: a batch would hold the locks of all its keys.</param>
    /// <param name="isWritten">Whether a result means that the event was written.</param>
    /// <param name="write">
    /// Writes and commits a batch on a connection and returns one result for each item, in their order. One item's conflict is a result,
    /// not an exception.
    /// </param>
    public GroupCommit<TItem, TResult> CreateGroupCommit<TItem, TResult>(
        string name,
        Func<TItem, OutboxMessage> eventOf,
        Func<TResult, bool> isWritten,
        Func<IReadOnlyList<TItem>, NpgsqlConnection, CancellationToken, Task<IReadOnlyList<TResult>>> write)
    {
        var writer = new OutboxWriter<TItem, TResult>(_database, _signal, _handOver, _writes, _telemetry, _time, eventOf, isWritten, write);
        return new GroupCommit<TItem, TResult>(name, writer.WriteAsync);
    }
}
