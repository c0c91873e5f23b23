using System.Threading.Channels;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Consumer;

/// <summary>Holds the unacknowledged deliveries of one channel, at most the prefetch: waiting ones and postponed ones.</summary>
internal sealed class DeliveryBuffer(IChannel channel, Pace pace, TimeProvider time)
{
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private int _postponed;

    public void Add(Delivery delivery) => _waiting.Writer.TryWrite(delivery);

    /// <summary>Ends the buffer after the channel or the consumer has ended.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

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
            return;
        }

        var postponedTags = postponed.Select(postponement => postponement.Delivery.Tag).ToHashSet();
        foreach (var delivery in batch.Where(delivery => !postponedTags.Contains(delivery.Tag)))
        {
            await channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
        }
    }

    private async Task AddLaterAsync(Delivery delivery, TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Add(delivery with { IsRetry = true });
    }
}
