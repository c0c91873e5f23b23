using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Consumer;

/// <summary>Holds the unacknowledged deliveries of one channel, at most the prefetch: waiting ones and postponed ones.</summary>
/// <remarks>Its disposal gives up the deliveries that are still unacknowledged, after the channel has ended.</remarks>
/// <param name="channel">The channel.</param>
/// <param name="queue">The queue.</param>
/// <param name="maxBytes">How many bytes several deliveries may have together. A further one ends the buffer.</param>
/// <param name="pace">The pace of the batches.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class DeliveryBuffer(IChannel channel, ConsumedQueue queue, int maxBytes, Pace pace, TimeProvider time) : IDisposable
{
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private int _postponed;
    private int _held;
    private long _heldBytes;
    private volatile bool _hasEnded;

    /// <summary>How many deliveries the buffer held when another one exceeded the bytes; zero if none did.</summary>
    public int Overflow { get; private set; }

    /// <summary>Adds a delivery that has just arrived.</summary>
    public void Add(BasicDeliverEventArgs arguments)
    {
        if (_hasEnded)
        {
            // The broker delivers the message again.
            return;
        }

        var bytes = arguments.Body.Length;
        if (_held > 0 && Interlocked.Read(ref _heldBytes) + bytes > maxBytes)
        {
            Overflow = _held;
            Complete();
            return;
        }

        Interlocked.Increment(ref _held);
        Interlocked.Add(ref _heldBytes, bytes);
        queue.Deliver();
        if (!_waiting.Writer.TryWrite(Delivery.From(arguments)))
        {
            // The channel has ended meanwhile.
            Interlocked.Decrement(ref _held);
            queue.Return(1);
        }
    }

    /// <summary>Ends the buffer after the channel or the consumer has ended.</summary>
    public void Complete()
    {
        _hasEnded = true;
        _waiting.Writer.TryComplete();
    }

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
            Release(batch);
            return;
        }

        var postponedTags = postponed.Select(postponement => postponement.Delivery.Tag).ToHashSet();
        var settled = batch.Where(delivery => !postponedTags.Contains(delivery.Tag)).ToList();
        foreach (var delivery in settled)
        {
            await channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
        }

        Release(settled);
    }

    private void Release(IReadOnlyList<Delivery> settled)
    {
        Interlocked.Add(ref _held, -settled.Count);
        Interlocked.Add(ref _heldBytes, -settled.Sum(delivery => (long)delivery.Body.Length));
        queue.Settle(settled.Count);
    }

    private async Task AddLaterAsync(Delivery delivery, TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waiting.Writer.TryWrite(delivery with { IsRetry = true });
    }
}
