using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Outbox;

/// <summary>A database transaction of a change and the events that announce it. Its commit wakes the relay if it holds events.</summary>
public sealed class OutboxTransaction : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;
    private readonly NpgsqlConnection _connection;
    private readonly CommitWatch _watch;
    private readonly OutboxSignal _signal;
    private readonly WriteHealthCheck _writes;
    private bool _hasEvents;
    private bool _hasOrderedEvents;
    private bool _isCommitted;

    private OutboxTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, OutboxSignal signal, WriteHealthCheck writes)
    {
        _writes = writes;
        _connection = connection;
        _watch = new CommitWatch(connection);
        _transaction = transaction;
        _signal = signal;
    }

    internal NpgsqlConnection Connection => _connection;

    internal NpgsqlTransaction Transaction => _transaction;

    /// <summary>Creates a command of this transaction. The caller disposes of it.</summary>
    /// <param name="sql">The statement.</param>
    public NpgsqlCommand CreateCommand(string sql) => new(sql, _connection, _transaction);

    /// <summary>Writes events as part of the transaction. The relay publishes them after the commit.</summary>
    /// <remarks>
    /// From the first event with an ordering key to the commit, other transactions wait before they write events with this key. So write
    /// such events late, and those of several keys in one call.
    /// </remarks>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task WriteAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var ordered = messages.Where(message => message.OrderingKey is not null).ToList();
        if (ordered.Count < messages.Count)
        {
            var others = ordered.Count == 0 ? messages : [.. messages.Where(message => message.OrderingKey is null)];
            await InsertAsync(OutboxStore.Insert, others, _ => { }, cancellationToken);
            HoldEvents();
        }

        if (ordered.Count > 0)
        {
            await InsertAsync(
                OutboxStore.InsertOrdered,
                ordered,
                command => command.AddArray("outbox_keys", NpgsqlDbType.Text, ordered.Select(message => message.OrderingKey)),
                cancellationToken);
            _hasOrderedEvents = true;
        }
    }

    /// <summary>Commits, then wakes the relay if events were written. An event handler leaves the commit to the consumer.</summary>
    /// <exception cref="NpgsqlException">
    /// The database refused or did not answer, or committed without its synchronous standby. Except for a refusal, the commit may or may
    /// not have taken place.
    /// </exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await _transaction.CommitAsync(cancellationToken);
        _watch.ThrowIfUnreplicated();
        _isCommitted = true;
        if (_hasEvents)
        {
            _signal.Set();
        }

        if (_hasOrderedEvents)
        {
            _signal.SetOrdered();
        }
    }

    /// <summary>Rolls back an uncommitted transaction, and returns the connection to the pool.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isCommitted)
        {
            _writes.Suspect();
        }

        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    /// <summary>Makes the commit wake the relay. Call it after something else than <see cref="WriteAsync"/> has written events.</summary>
    internal void HoldEvents() => _hasEvents = true;

    private async Task InsertAsync(
        string sql, IReadOnlyList<OutboxMessage> messages, Action<NpgsqlCommand> addParameters, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(sql);
        OutboxStore.AddParameters(command, messages);
        addParameters(command);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static async Task<OutboxTransaction> BeginAsync(
        NpgsqlDataSource database, OutboxSignal signal, WriteHealthCheck writes, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            return new OutboxTransaction(connection, await connection.BeginTransactionAsync(cancellationToken), signal, writes);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
