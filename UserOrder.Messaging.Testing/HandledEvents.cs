using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Testing;

/// <summary>What a handler wrote and announced, in its open transaction.</summary>
public sealed class HandledEvents : IAsyncDisposable
{
    private HandledEvents(OutboxTransaction transaction, IReadOnlyList<OutboxMessage> announced)
    {
        Transaction = transaction;
        Announced = announced;
    }

    /// <summary>The transaction of the handler. Its commands see what the handler wrote; a test may also commit it.</summary>
    public OutboxTransaction Transaction { get; }

    /// <summary>The events that the handler wrote to the outbox, ordered by id.</summary>
    public IReadOnlyList<OutboxMessage> Announced { get; }

    /// <summary>The announced events of a type, as a subscriber reads them.</summary>
    /// <typeparam name="TData">The events' content.</typeparam>
    /// <param name="type">The event type.</param>
    public IReadOnlyList<ReceivedEvent<TData>> AnnouncedAs<TData>(EventType<TData> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return [.. Announced
            .Where(message => message.Type == type.Name)
            .Select(message => CloudEventReader.Read(type, message.Body).Event)];
    }

    /// <summary>Rolls back, unless the test has committed the transaction.</summary>
    public ValueTask DisposeAsync() => Transaction.DisposeAsync();

    /// <summary>Reads the outbox. Rows that another connection sees as well are not the handler's.</summary>
    internal static async Task<HandledEvents> ReadAsync(
        OutboxTransaction transaction, IServiceProvider services, CancellationToken cancellationToken)
    {
        var seen = new List<OutboxMessage>();
        await using (var inside = transaction.CreateCommand("select id, type, body, traceparent, tracestate from outbox order by id"))
        await using (var reader = await inside.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                seen.Add(OutboxStore.ReadMessage(reader));
            }
        }

        var committed = await ReadCommittedAsync(services.GetRequiredService<NpgsqlDataSource>(), cancellationToken);
        return new HandledEvents(transaction, [.. seen.Where(message => !committed.Contains(message.Id))]);
    }

    private static async Task<HashSet<Guid>> ReadCommittedAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select id from outbox");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var committed = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            committed.Add(reader.GetGuid(0));
        }

        return committed;
    }
}
