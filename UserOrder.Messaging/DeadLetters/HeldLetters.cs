using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>The dead letters that one operation has fetched and not acknowledged yet.</summary>
internal sealed class HeldLetters(IChannel channel, string queue)
{
    // A channel sends this many acknowledgements and returns to a quorum queue, and buffers the others until the queue has answered.
    private const int MaxPending = 32;

    private int _taken;

    /// <summary>The number of messages that existed when the first one was fetched.</summary>
    public long Existing { get; private set; }

    /// <summary>Whether all messages that existed have been fetched.</summary>
    public bool HasTakenAll => _taken >= Existing;

    /// <summary>Fetches the messages that exist when it begins, one after the other, the oldest first.</summary>
    public async IAsyncEnumerable<DeadLetter> TakeAsync(int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long end = limit; _taken < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await GetAsync() is not { } message)
            {
                yield break;
            }

            if (++_taken == 1)
            {
                // Without this bound, a replayed message that becomes a dead letter again would be replayed forever.
                Existing = 1L + message.MessageCount;
                end = Math.Min(limit, Existing);
            }

            yield return new DeadLetter(queue, message);
        }
    }

    public ValueTask AcknowledgeAsync(DeadLetter letter) => channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);

    /// <summary>Returns the unacknowledged messages to the queue, and closes the channel.</summary>
    /// <remarks>Closing the channel would return them too, but possibly after the next operation has begun.</remarks>
    public async Task ReturnAsync()
    {
        if (!channel.IsOpen)
        {
            return;
        }

        await channel.BasicNackAsync(deliveryTag: 0, multiple: true, requeue: true, CancellationToken.None);

        // Closing the channel drops the returns that it still buffers. The queue works in order: it answers a first get after the pending
        // returns, and a second get after the buffered ones.
        for (var round = 0; round < 2 && _taken > MaxPending; round++)
        {
            if (await GetAsync() is { } message)
            {
                await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, CancellationToken.None);
            }
        }

        await channel.CloseAsync(CancellationToken.None);
    }

    /// <summary>
    /// Takes no cancellation token: a cancelled get would leave its answer unread on the channel, which still has to return messages.
    /// </summary>
    private Task<BasicGetResult?> GetAsync() =>
        channel.BasicGetAsync(Topology.DeadLettersOf(queue), autoAck: false, CancellationToken.None);
}
