using System.Threading.Channels;

namespace UserOrder.Messaging.Outbox;

/// <summary>Wakes the relay. Many calls of <see cref="Set"/> before it wakes count as one.</summary>
internal sealed class OutboxSignal
{
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _signal.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);
}
