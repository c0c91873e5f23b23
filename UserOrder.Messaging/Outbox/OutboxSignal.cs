using System.Threading.Channels;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Wakes the relay, apart for events with an ordering key and for the others. Many calls of a method before it wakes count as one.
/// </summary>
internal sealed class OutboxSignal
{
    private readonly Channel<bool> _signal = Create();
    private readonly Channel<bool> _ordered = Create();

    /// <summary>Events without an ordering key may wait.</summary>
    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Events with an ordering key may wait.</summary>
    public void SetOrdered() => _ordered.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    public async Task WaitForOrderedAsync(CancellationToken cancellationToken) => await _ordered.Reader.ReadAsync(cancellationToken);

    private static Channel<bool> Create() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
