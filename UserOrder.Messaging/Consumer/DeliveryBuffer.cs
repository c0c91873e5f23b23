using System.Threading.Channels;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// What one channel has delivered and not yet acknowledged, which is at most the prefetch: what waits to be processed, and what was put
/// aside for later.
/// </summary>
internal sealed class DeliveryBuffer(IChannel channel, Pace pace, TimeProvider time)
{
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private int _aside;

    public void Add(Delivery delivery) => _waiting.Writer.TryWrite(delivery);

    /// <summary>No more is coming: the channel or the consumer has ended.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Waits for a delivery and takes it with what else is there.</summary>
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

        _aside -= batch.Count(delivery => delivery.IsRetry);
        return batch;
    }

    /// <summary>Puts some of a batch aside and acknowledges the rest.</summary>
    public async Task SettleAsync(IReadOnlyList<Delivery> batch, IReadOnlyList<Postponement> postponed, CancellationToken cancellationToken)
    {
        foreach (var (delivery, pause) in postponed)
        {
            _aside++;
            _ = BringBackAsync(delivery, pause, cancellationToken);
        }

        if (_aside == 0)
        {
            // Everything that this channel delivered up to here is done, so one acknowledgement covers it.
            await channel.BasicAckAsync(batch.Max(delivery => delivery.Tag), multiple: true, CancellationToken.None);
            return;
        }

        var later = postponed.Select(postponement => postponement.Delivery.Tag).ToHashSet();
        foreach (var delivery in batch.Where(delivery => !later.Contains(delivery.Tag)))
        {
            await channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
        }
    }

    private async Task BringBackAsync(Delivery delivery, TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Add(delivery with { IsRetry = true });
    }
}
