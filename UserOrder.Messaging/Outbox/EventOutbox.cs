using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// The way out of a service: an event becomes a row in the transaction of the change that caused it, and the relay publishes it after
/// the commit.
/// </summary>
/// <remarks>The pattern: https://microservices.io/patterns/data/transactional-outbox.html.</remarks>
public sealed class EventOutbox
{
    private readonly OutboxSignal _signal;
    private readonly TimeProvider _time;
    private readonly MessagingOptions _options;

    internal EventOutbox(OutboxSignal signal, TimeProvider time, IOptions<MessagingOptions> options)
    {
        _signal = signal;
        _time = time;
        _options = options.Value;
    }

    /// <summary>Makes the row for an event that happens now, with the current trace context.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="subject">What it is about, usually the entity's id.</param>
    /// <param name="data">Its content.</param>
    /// <exception cref="ArgumentException">The event is larger than <see cref="MessagingOptions.MaxMessageBytes"/>.</exception>
    public OutboxMessage CreateMessage<TData>(EventType<TData> type, string subject, TData data)
    {
        var now = _time.GetUtcNow();
        var id = TimeOrderedId.New(now);
        var origin = Activity.Current;
        var body = CloudEventWriter.Write(type, id, $"/{_options.ServiceName}", subject, now, origin, data);
        return body.Length <= _options.MaxMessageBytes
            ? new OutboxMessage(id, type.Name, body, origin?.Id, origin?.TraceStateString)
            : throw new ArgumentException($"The event {type.Name} has {body.Length} bytes; at most {_options.MaxMessageBytes} are allowed.", nameof(data));
    }

    /// <summary>Writes messages as part of the connection's open transaction. Call <see cref="NotifyCommitted"/> after the commit.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public static async Task WriteAsync(NpgsqlTransaction transaction, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await using var command = new NpgsqlCommand(
            $"""
            insert into outbox (id, type, body, traceparent, tracestate)
            select * from unnest({Parameters})
            """,
            transaction.Connection,
            transaction);
        AddParameters(command, messages);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// The arrays that <see cref="AddParameters"/> adds, in the order of the outbox's columns <c>id, type, body, traceparent,
    /// tracestate</c>, for a service that writes its rows and their events in one statement through <c>unnest</c>.
    /// </summary>
    public const string Parameters = "@outbox_ids, @outbox_types, @outbox_bodies, @outbox_traceparents, @outbox_tracestates";

    /// <summary>Adds <see cref="Parameters"/> to a command, one array element for each message.</summary>
    public static void AddParameters(NpgsqlCommand command, IReadOnlyList<OutboxMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.AddArray("outbox_ids", NpgsqlDbType.Uuid, messages.Select(message => message.Id));
        command.AddArray("outbox_types", NpgsqlDbType.Text, messages.Select(message => message.Type));
        command.AddArray("outbox_bodies", NpgsqlDbType.Bytea, messages.Select(message => message.Body));
        command.AddArray("outbox_traceparents", NpgsqlDbType.Text, messages.Select(message => message.TraceParent));
        command.AddArray("outbox_tracestates", NpgsqlDbType.Text, messages.Select(message => message.TraceState));
    }

    /// <summary>Wakes the relay. Without the call the event waits for <see cref="MessagingOptions.RelayPollInterval"/>.</summary>
    public void NotifyCommitted() => _signal.Set();
}
