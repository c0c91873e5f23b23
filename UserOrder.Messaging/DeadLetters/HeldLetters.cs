using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>The dead letters that one operation has taken and not acknowledged yet.</summary>
internal sealed class HeldLetters(IChannel channel, string queue)
{
    // A channel of RabbitMQ passes on so many acknowledgements and returns to a quorum queue, and keeps the others until that has answered.
    private const int PassedOnAtOnce = 32;

    private int _taken;

    public IChannel Channel => channel;

    /// <summary>Takes what is there when it begins, the oldest first, one after the other.</summary>
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
                // Otherwise a replayed message that dies again would be replayed for ever.
                end = Math.Min(limit, 1L + message.MessageCount);
            }

            yield return new DeadLetter(queue, message);
        }
    }

    public ValueTask AcknowledgeAsync(DeadLetter letter) => channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);

    /// <summary>Gives back what was not acknowledged, and closes the channel.</summary>
    /// <remarks>The end of the channel would give it back too, but only after the next operation may have begun.</remarks>
    public async Task ReturnAsync()
    {
        if (!channel.IsOpen)
        {
            return;
        }

        await channel.BasicNackAsync(deliveryTag: 0, multiple: true, requeue: true, CancellationToken.None);

        // What the channel keeps is forgotten when it is closed. The queue answers in order: a first get comes after what was passed on, and
        // a second one after all the rest.
        for (var round = 0; round < 2 && _taken > PassedOnAtOnce; round++)
        {
            if (await GetAsync() is { } message)
            {
                await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, CancellationToken.None);
            }
        }

        await channel.CloseAsync(CancellationToken.None);
    }

    /// <summary>Not to be interrupted: the channel is to give back what has been taken, and must not be left in the middle of an answer.</summary>
    private Task<BasicGetResult?> GetAsync() => channel.BasicGetAsync(Topology.DeadLettersOf(queue), autoAck: false, CancellationToken.None);
}
