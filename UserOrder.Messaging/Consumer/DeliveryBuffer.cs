using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Consumer;

/// <summary>Holds the unacknowledged messages of one channel, at most the prefetch: waiting ones and postponed events.</summary>
/// <remarks>Its disposal gives up the messages that are still unacknowledged, after the channel has ended.</remarks>
/// <param name="channel">The channel.</param>
/// <param name="queue">The queue.</param>
/// <param name="splitter">Divides messages with several events.</param>
/// <param name="maxBytes">How many bytes several messages may have together. A further one ends the buffer.</param>
/// <param name="pace">The pace of the batches.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class DeliveryBuffer(
    IChannel channel, ConsumedQueue queue, DeliverySplitter splitter, int maxBytes, Pace pace, TimeProvider time) : IDisposable
{
    private readonly Channel<Delivery> _waiting = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });

    // The events of the last message that exceeded the limit of a batch.
    private readonly Queue<Delivery> _rest = new();
    private readonly OrderGate? _gate = queue.IsOrdered ? new OrderGate() : null;
    private int _postponed;
    private int _held;
    private long _heldBytes;
    private volatile bool _hasEnded;

    /// <summary>How many messages the buffer held when another one exceeded the bytes; zero if none did.</summary>
    public int Overflow { get; private set; }

    /// <summary>Adds a message that has just arrived.</summary>
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

    /// <summary>Waits for an event, and takes it with all others that have arrived.</summary>
    /// <returns>At most <paramref name="limit"/> events; none at the end.</returns>
    public async Task<IReadOnlyList<Delivery>> TakeAsync(int limit, CancellationToken cancellationToken)
    {
        var batch = new List<Delivery>();
        while (batch.Count == 0 && (HasTaken || await _waiting.Reader.WaitToReadAsync(cancellationToken)))
        {
            await pace.WaitAsync(cancellationToken);
            while (batch.Count < limit && TryTake(out var delivery))
            {
                if (delivery.IsRetry || delivery.WasHeld)
                {
                    _postponed--;
                }

                if (_gate?.TryHold(delivery) == true)
                {
                    _postponed++;
                }
                else
                {
                    batch.Add(delivery);
                }
            }
        }

        return batch;
    }

    /// <summary>Postpones some events of a batch, and acknowledges the messages of which no event is left.</summary>
    public async Task SettleAsync(IReadOnlyList<Delivery> batch, IReadOnlyList<Postponement> postponed, CancellationToken cancellationToken)
    {
        foreach (var delivery in batch)
        {
            delivery.Message.Open--;
        }

        var held = _gate?.Settle(batch, postponed);
        foreach (var (delivery, pause) in postponed)
        {
            delivery.Message.Open++;
            _postponed++;
            if (held?.Contains(delivery) == true)
            {
                continue;
            }

            _ = AddLaterAsync(delivery.IsPart ? delivery with { Body = delivery.Body.ToArray() } : delivery, pause, cancellationToken);
        }

        var settled = batch.Select(delivery => delivery.Message).Distinct().Where(message => message.Open == 0).ToList();
        if (settled.Count > 0 && _postponed == 0)
        {
            // All earlier messages of this channel are settled, so one acknowledgement covers them.
            await channel.BasicAckAsync(settled.Max(message => message.Tag), multiple: true, CancellationToken.None);
        }
        else
        {
            foreach (var message in settled)
            {
                await channel.BasicAckAsync(message.Tag, multiple: false, CancellationToken.None);
            }
        }

        Interlocked.Add(ref _held, -settled.Count);
        Interlocked.Add(ref _heldBytes, -settled.Sum(message => (long)message.Bytes));
        queue.Settle(settled.Count);
    }

    /// <summary>Whether it has taken events from the channel that it has not returned.</summary>
    private bool HasTaken => _rest.Count > 0 || _gate?.HasReleased == true;

    private bool TryTake([MaybeNullWhen(false)] out Delivery delivery)
    {
        if (_gate?.TryTakeReleased(out delivery) == true || _rest.TryDequeue(out delivery))
        {
            return true;
        }

        if (!_waiting.Reader.TryRead(out delivery) || delivery.IsRetry)
        {
            return delivery is not null;
        }

        foreach (var part in splitter.Split(delivery))
        {
            _rest.Enqueue(queue.IsOrdered ? part with { OrderingKey = CloudEventReader.FindEnvelope(part.Body.Span)?.PartitionKey } : part);
        }

        return _rest.TryDequeue(out delivery);
    }

    private async Task AddLaterAsync(Delivery delivery, TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waiting.Writer.TryWrite(delivery with { IsRetry = true });
    }
}
