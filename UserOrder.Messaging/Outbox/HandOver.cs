using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Hands events from their commit to the relay of the same replica, in memory, so that the relay need not read them from the outbox. Their
/// rows are due only after <see cref="Term"/>: if the replica has not published them by then, any replica takes them from the table.
/// </summary>
/// <remarks>
/// A replica that freezes meanwhile publishes an event a second time, and the inbox drops the duplicate. The process measures the term from
/// before the statement, and the database from the statement's start, so an awake replica has settled an event before its row is due.
/// </remarks>
internal sealed class HandOver(NpgsqlDataSource database, TimeProvider time, IOptions<MessagingOptions> options) : IRelaySource
{
    // An event that waits longer is left to the table.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Events that the broker refuses wait in the outbox, which spaces out their attempts.
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(1);

    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>();
    private readonly MessagingOptions _options = options.Value;
    private long _bytes;
    private long _refusedAt;
    private volatile bool _isOpen;

    /// <summary>The time that a replica has to publish an event that it has committed.</summary>
    public TimeSpan Term => Patience + _options.ConfirmTimeout;

    /// <summary>Whether the relay publishes, and has room in memory for the events of another commit.</summary>
    public bool HasRoom =>
        _isOpen
        && Volatile.Read(ref _bytes) < _options.HandOverBytes
        && time.GetElapsedTime(Volatile.Read(ref _refusedAt)) >= PauseAfterRefusal;

    /// <summary>Accepts events from now on: the relay is connected.</summary>
    public void Open() => _isOpen = true;

    /// <summary>Accepts no more events. A lane may still claim those that wait.</summary>
    public void Refuse() => _isOpen = false;

    /// <summary>Accepts no more events. Those that wait become due in the outbox.</summary>
    public void Close()
    {
        Refuse();
        while (_entries.Reader.TryRead(out var entry))
        {
            Release(entry);
        }
    }

    /// <summary>Hands over an event after its commit.</summary>
    /// <param name="message">The event, whose row is due after <see cref="Term"/>.</param>
    /// <param name="started">The timestamp before the statement that wrote it.</param>
    public void Add(OutboxMessage message, long started)
    {
        Interlocked.Add(ref _bytes, message.Body.Length);
        _entries.Writer.TryWrite(new Entry(message, started));
    }

    public async Task WaitAsync(CancellationToken cancellationToken) => await _entries.Reader.WaitToReadAsync(cancellationToken);

    public Task<IRelayClaim?> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        var rows = new List<OutboxRow>();
        var started = long.MaxValue;
        while (rows.Count < limit && _entries.Reader.TryRead(out var entry))
        {
            Release(entry);
            if (time.GetElapsedTime(entry.Started) < Patience)
            {
                // Its commit has waited for the standby, if there is one.
                rows.Add(new OutboxRow(entry.Message, Attempts: 0, HasStandby: false));
                started = Math.Min(started, entry.Started);
            }
        }

        if (rows.Count == 0)
        {
            return Task.FromResult<IRelayClaim?>(null);
        }

        FailPoint.Reach(FailPoint.RelayTaken, rows.Select(row => row.Message.Id));
        return Task.FromResult<IRelayClaim?>(new Claim(this, rows, started));
    }

    private void Release(Entry entry) => Interlocked.Add(ref _bytes, -entry.Message.Body.Length);

    private async Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept, long started)
    {
        if (kept.Count > 0)
        {
            Volatile.Write(ref _refusedAt, time.GetTimestamp());
        }

        if (time.GetElapsedTime(started) < Term)
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            await OutboxStore.PostponeAsync(connection, kept);
            await OutboxStore.DeleteAsync(connection, confirmed);
            FailPoint.Reach(FailPoint.RelaySwept, confirmed.Select(row => row.Message.Id));
        }
    }

    private readonly record struct Entry(OutboxMessage Message, long Started);

    private sealed class Claim(HandOver owner, IReadOnlyList<OutboxRow> rows, long started) : IRelayClaim
    {
        public IReadOnlyList<OutboxRow> Rows => rows;

        public Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept) =>
            owner.SettleAsync(confirmed, kept, started);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
