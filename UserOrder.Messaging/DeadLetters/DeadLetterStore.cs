using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>The operators' view of <c>{queue}.dead</c>.</summary>
/// <remarks>
/// AMQP has no way to look at a message but to take it. An operation so takes messages, one after the other, acknowledges those that it
/// is done with, and gives the others back at its end; meanwhile a second operation would see none of them, so one waits for the other.
/// Whatever ends an operation early, the broker still has every message that was not acknowledged.
/// </remarks>
internal sealed partial class DeadLetterStore(
    NpgsqlDataSource database,
    BrokerConnections broker,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<DeadLetterStore> logger)
{
    /// <summary>The number of a queue's dead letters, without those that an operation holds.</summary>
    public async Task<long> CountAsync(string queue, CancellationToken cancellationToken) =>
        await DeadLetterCounts.AskAsync(await broker.DeadLetters.GetAsync(cancellationToken), queue, cancellationToken);

    /// <summary>The oldest dead letters of a queue.</summary>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<IReadOnlyList<DeadLetterSummary>> ListAsync(string queue, int limit, CancellationToken cancellationToken) =>
        HoldAsync<IReadOnlyList<DeadLetterSummary>>(
            queue,
            async channel =>
            {
                var items = new List<DeadLetterSummary>();
                await foreach (var letter in TakeAsync(channel, queue, limit, cancellationToken))
                {
                    items.Add(DeadLetterSummary.Of(letter));
                }

                return items;
            },
            cancellationToken);

    /// <summary>The dead letter with that id, the oldest of its copies; null where there is none.</summary>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<DeadLetterDetails?> FindAsync(string queue, string id, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async channel =>
            {
                await foreach (var letter in TakeAsync(channel, queue, int.MaxValue, cancellationToken))
                {
                    if (letter.Id == id)
                    {
                        return DeadLetterDetails.Of(letter);
                    }
                }

                return null;
            },
            cancellationToken);

    /// <summary>Publishes to the queue what died in it, one copy of each message, and takes all copies out of the dead letters.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="id">The dead letter to replay; null for all that are there now.</param>
    /// <param name="cancellationToken">Ends the operation before its next message.</param>
    /// <returns>How many messages were published.</returns>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    /// <exception cref="QueueFullException">The queue takes no more; the others are dead letters still.</exception>
    /// <remarks>
    /// The acknowledgement follows the confirm. A crash in between leaves the dead letter beside its replay; replayed once more, it is a
    /// duplicate, which the inbox drops.
    /// </remarks>
    public Task<int> ReplayAsync(string queue, string? id, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async channel =>
            {
                var replayed = new HashSet<string>();
                try
                {
                    await foreach (var letter in TakeAsync(channel, queue, int.MaxValue, cancellationToken))
                    {
                        if (id is not null && letter.Id != id)
                        {
                            continue;
                        }

                        if (!replayed.Contains(letter.Id))
                        {
                            await PublishAsync(channel, queue, letter);
                            replayed.Add(letter.Id);
                        }

                        await channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);
                    }
                }
                catch (PublishException exception) when (!exception.IsReturn)
                {
                    throw new QueueFullException(queue, replayed.Count);
                }
                finally
                {
                    LogReplayed(replayed.Count, queue);
                }

                return replayed.Count;
            },
            cancellationToken);

    /// <summary>Deletes every copy of a dead letter.</summary>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<int> DiscardAsync(string queue, string id, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async channel =>
            {
                var discarded = 0;
                await foreach (var letter in TakeAsync(channel, queue, int.MaxValue, cancellationToken))
                {
                    if (letter.Id == id)
                    {
                        await channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);
                        LogDiscarded(id, letter.Properties.MessageId, queue);
                        discarded++;
                    }
                }

                return discarded;
            },
            cancellationToken);

    /// <summary>Runs an operation while no other one holds messages of the queue, and gives back what it did not acknowledge.</summary>
    private async Task<T> HoldAsync<T>(string queue, Func<IChannel, Task<T>> operation, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DeadLetterLock.TakeAsync(transaction, queue, cancellationToken);

        var opened = await broker.DeadLetters.GetAsync(cancellationToken);
        await using var channel = await opened.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellationToken);
        try
        {
            return await operation(channel);
        }
        finally
        {
            if (channel.IsOpen)
            {
                // The end of the channel would give them back too, but only after the next operation may have begun. Its answer says
                // that the acknowledgements have arrived.
                await channel.BasicNackAsync(deliveryTag: 0, multiple: true, requeue: true, CancellationToken.None);
                await channel.CloseAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Takes what is there when it begins, the oldest first; only one body at a time is in memory.</summary>
    private static async IAsyncEnumerable<DeadLetter> TakeAsync(
        IChannel channel, string queue, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long end = limit;
        for (var taken = 0; taken < end; taken++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Not interrupted itself: the channel is to give back what has been taken, and must not be left in the middle of an answer.
            if (await channel.BasicGetAsync(Topology.DeadLettersOf(queue), autoAck: false, CancellationToken.None) is not { } message)
            {
                yield break;
            }

            if (taken == 0)
            {
                // Otherwise a replayed message that dies again would be replayed for ever.
                end = Math.Min(limit, 1L + message.MessageCount);
            }

            yield return new DeadLetter(queue, message);
        }
    }

    private async Task PublishAsync(IChannel channel, string queue, DeadLetter letter)
    {
        // Not the caller's token: what is published gets its answer, so that it can be acknowledged.
        using var timeout = new CancellationTokenSource(options.Value.ConfirmTimeout, time);
        var properties = new BasicProperties(letter.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            UserId = null,
            Headers = DeadLetterHeaders.WithoutDeath(letter.Properties.Headers),
        };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, letter.Body, timeout.Token);
    }

    [LoggerMessage(51, LogLevel.Information, "Replayed {Count} dead letters to {Queue}")]
    private partial void LogReplayed(int count, string queue);

    [LoggerMessage(52, LogLevel.Information, "Discarded the dead letter {Id} ({MessageId}) of {Queue}")]
    private partial void LogDiscarded(string id, string? messageId, string queue);
}

/// <summary>The queue refuses a replayed message, because it has its maximal length.</summary>
internal sealed class QueueFullException(string queue, int replayed) : Exception($"The queue {queue} is full.")
{
    /// <summary>How many messages it took before.</summary>
    public int Replayed => replayed;
}
