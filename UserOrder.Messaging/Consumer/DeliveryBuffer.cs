using System.Threading.Channels;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Consumer;

/// <summary>Holds the unacknowledged deliveries of one channel, at most the prefetch: waiting ones and postponed ones.</summary>
/// <remarks>Its disposal gives up the deliveries that are still unacknowledged, after the channel has ended.</remarks>
internal sealed class DeliveryBuffer(IChannel channel, ConsumedQueue queue, Pace pace, TimeProvider time) : IDisposable
{
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private int _postponed;
    private int _held;

    /// <summary>Adds a delivery that has just arrived.</summary>
    public void Add(Delivery delivery)
    {
        Interlocked.Increment(ref _held);
        queue.Deliver();
        if (!_waiting.Writer.TryWrite(delivery))
        {
            // The channel has ended meanwhile.
            Interlocked.Decrement(ref _held);
            queue.Return(1);
        }
    }

    /// <summary>Ends the buffer after the channel or the consumer has ended.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    public void Dispose()
    {
        Complete();
        queue.Return(Interlocked.Exchange(ref _held, 0));
    }

    /// <summary>Waits for a delivery, and takes it with all others that have arrived.</summary>
    /// <returns>At most <paramref name="limit"/> deliveries; none at the end.</returns>
    public async Task<IReadOnlyList<Delivery>> TakeAsync(int limit, CancellationToken cancellationToken)
    {
        var batch = new List<Delivery>();
        if (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            await pace.WaitAsync(cancellationToken);
            while (batch.Count < limit && _waiting.Reader.TryRead(out var delivery))
            {
                batch.Add(delivery);
            }
        }

        _postponed -= batch.Count(delivery => delivery.IsRetry);
        return batch;
    }

    /// <summary>Postpones some deliveries of a batch and acknowledges the others.</summary>
    public async Task SettleAsync(IReadOnlyList<Delivery> batch, IReadOnlyList<Postponement> postponed, CancellationToken cancellationToken)
    {
        foreach (var (delivery, pause) in postponed)
        {
            _postponed++;
            _ = AddLaterAsync(delivery, pause, cancellationToken);
        }

        if (_postponed == 0)
        {
            // All earlier deliveries of this channel are settled, so one acknowledgement covers them.
            await channel.BasicAckAsync(batch.Max(delivery => delivery.Tag), multiple: true, CancellationToken.None);
            Release(batch.Count);
            return;
        }

        var postponedTags = postponed.Select(postponement => postponement.Delivery.Tag).ToHashSet();
        foreach (var delivery in batch.Where(delivery => !postponedTags.Contains(delivery.Tag)))
        {
            await channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
        }

        Release(batch.Count - postponedTags.Count);
    }

    private void Release(int settled)
    {
        Interlocked.Add(ref _held, -settled);
        queue.Settle(settled);
    }

    private async Task AddLaterAsync(Delivery delivery, TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waiting.Writer.TryWrite(delivery with { IsRetry = true });
    }
}
