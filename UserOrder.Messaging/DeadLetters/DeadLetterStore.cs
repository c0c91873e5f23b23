using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Lets operators count, list, inspect, replay and discard the messages in <c>{queue}.dead</c>.</summary>
/// <remarks>
/// AMQP cannot peek at a message. An operation fetches messages one after the other, acknowledges those that it has finished, and returns
/// the others to the queue at its end. A second operation would not see the messages that the first one holds, so it waits for a lock. If
/// an operation ends early, the broker still has every message that was not acknowledged.
/// </remarks>
internal sealed partial class DeadLetterStore(
    NpgsqlDataSource database,
    BrokerConnections broker,
    DeadLetterPublisher publisher,
    DeadLetterTurns turns,
    ILogger<DeadLetterStore> logger)
{
    // Bounds the bodies in memory and the confirms in flight during a replay.
    private const int Window = 100;

    /// <summary>How many dead letters a filtered list looks at, which takes about 10 s on a busy machine.</summary>
    public const int MaxFiltered = 10_000;

    /// <summary>How many dead letters the search for an event looks at.</summary>
    public const int MaxSearched = 2_000;

    /// <summary>Counts a queue's dead letters, excluding those that an operation holds.</summary>
    public async Task<long> CountAsync(string queue, CancellationToken cancellationToken) =>
        await DeadLetterCounts.AskAsync(await broker.DeadLetters.GetAsync(cancellationToken), queue, cancellationToken);

    /// <summary>Lists the oldest dead letters of a queue that a filter covers, and counts all that it covers.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="filter">The filter. With a condition, the operation looks at the <see cref="MaxFiltered"/> oldest dead letters.</param>
    /// <param name="limit">The maximum number of listed dead letters.</param>
    /// <param name="cancellationToken">Ends the operation before its next message.</param>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<DeadLetterPage> ListAsync(string queue, DeadLetterFilter filter, int limit, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async held =>
            {
                var (items, matching) = (new List<DeadLetterSummary>(), 0L);
                await foreach (var letter in held.TakeAsync(filter.IsAll ? limit : MaxFiltered, cancellationToken))
                {
                    if (filter.Covers(letter) && ++matching <= limit)
                    {
                        items.Add(DeadLetterSummary.Of(letter));
                    }
                }

                return filter.IsAll
                    ? new DeadLetterPage(items, held.Existing, IsComplete: true)
                    : new DeadLetterPage(items, matching, held.HasTakenAll);
            },
            cancellationToken);

    /// <summary>Looks for events among the <see cref="MaxSearched"/> oldest dead letters of a queue, until it finds enough.</summary>
    /// <returns>The oldest ones, at most <paramref name="limit"/>, and whether all dead letters were looked at.</returns>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<(IReadOnlyList<DeadLetter> Found, bool IsComplete)> SearchAsync(
        string queue, EventKey key, int limit, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async held =>
            {
                var found = new List<DeadLetter>();
                await foreach (var letter in held.TakeAsync(MaxSearched, cancellationToken).Where(letter => letter.Has(key)))
                {
                    found.Add(letter);
                    if (found.Count == limit)
                    {
                        break;
                    }
                }

                return ((IReadOnlyList<DeadLetter>)found, held.HasTakenAll);
            },
            cancellationToken);

    /// <summary>Finds the oldest copy of a dead letter; returns null if there is none.</summary>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<DeadLetterDetails?> FindAsync(string queue, string id, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async held =>
            {
                await foreach (var letter in held.TakeAsync(int.MaxValue, cancellationToken))
                {
                    if (letter.Id == id)
                    {
                        return DeadLetterDetails.Of(letter);
                    }
                }

                return null;
            },
            cancellationToken);

    /// <summary>Hands over the dead letters that a filter covers, the oldest first, one at a time.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="filter">The dead letters to read, of those that exist when the operation begins.</param>
    /// <param name="read">Takes a dead letter, which remains one.</param>
    /// <param name="cancellationToken">Ends the operation before its next message.</param>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<int> ReadAsync(
        string queue, DeadLetterFilter filter, Func<DeadLetterDetails, Task> read, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async held =>
            {
                var count = 0;
                await foreach (var letter in held.TakeAsync(int.MaxValue, cancellationToken).Where(filter.Covers))
                {
                    await read(DeadLetterDetails.Of(letter));
                    count++;
                }

                return count;
            },
            cancellationToken);

    /// <summary>Publishes one copy of each dead letter to its queue, and removes all copies from the dead letters.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="filter">The dead letters to replay, of those that exist when the operation begins.</param>
    /// <param name="correction">The event to publish in place of the one dead letter; null to publish dead letters as they are.</param>
    /// <param name="cancellationToken">Ends the operation before its next message.</param>
    /// <returns>How many messages were published.</returns>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    /// <exception cref="EventIdChangedException">The correction is another event. Nothing was done.</exception>
    /// <exception cref="QueueFullException">The queue is full. The messages that it refused stay dead letters.</exception>
    /// <exception cref="BrokerLostException">The broker accepts no messages, or did not confirm in time.</exception>
    /// <remarks>
    /// The acknowledgement follows the confirm. A crash in between leaves the dead letter beside its replay. If an operator replays it
    /// again, the inbox drops the duplicate.
    /// </remarks>
    public Task<int> ReplayAsync(
        string queue, DeadLetterFilter filter, Correction? correction, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async held =>
            {
                var replayed = new HashSet<string>();
                try
                {
                    var letters = held.TakeAsync(int.MaxValue, cancellationToken).Where(filter.Covers);
                    await foreach (var window in letters.Chunk(Window).WithCancellation(cancellationToken))
                    {
                        await ReplayAsync(held, queue, window, correction, replayed);
                    }
                }
                finally
                {
                    LogReplayed(replayed.Count, queue);
                }

                return replayed.Count;
            },
            cancellationToken);

    /// <summary>
    /// Publishes a window before it waits for the first confirm, and acknowledges every copy of the messages that the broker stored.
    /// </summary>
    private async Task ReplayAsync(
        HeldLetters held, string queue, DeadLetter[] window, Correction? correction, HashSet<string> replayed)
    {
        var publishing = window
            .DistinctBy(letter => letter.Id)
            .Where(letter => !replayed.Contains(letter.Id))
            .Select(async letter => (letter.Id, IsStored: await TryReplayAsync(queue, letter, correction)))
            .ToList();
        var outcomes = await Task.WhenAll(publishing);
        replayed.UnionWith(outcomes.Where(outcome => outcome.IsStored).Select(outcome => outcome.Id));
        foreach (var letter in window.Where(letter => replayed.Contains(letter.Id)))
        {
            await held.AcknowledgeAsync(letter);
        }

        if (outcomes.Any(outcome => !outcome.IsStored))
        {
            throw new QueueFullException(queue, replayed.Count);
        }
    }

    /// <summary>Deletes every copy of the dead letters that a filter covers.</summary>
    /// <returns>How many messages were deleted; copies of one message count once.</returns>
    /// <exception cref="DeadLettersBusyException">Another operation did not end in time.</exception>
    public Task<int> DiscardAsync(string queue, DeadLetterFilter filter, CancellationToken cancellationToken) =>
        HoldAsync(
            queue,
            async held =>
            {
                var discarded = new HashSet<string>();
                await foreach (var letter in held.TakeAsync(int.MaxValue, cancellationToken).Where(filter.Covers))
                {
                    await held.AcknowledgeAsync(letter);
                    LogDiscarded(letter.Id, letter.Properties.MessageId, queue);
                    discarded.Add(letter.Id);
                }

                return discarded.Count;
            },
            cancellationToken);

    /// <summary>Runs an operation under the queue's lock, then returns the messages that it did not acknowledge.</summary>
    private Task<T> HoldAsync<T>(string queue, Func<HeldLetters, Task<T>> operation, CancellationToken cancellationToken) =>
        turns.RunAsync(queue, patience => HoldAsync(queue, operation, patience, cancellationToken), cancellationToken);

    private async Task<T> HoldAsync<T>(
        string queue, Func<HeldLetters, Task<T>> operation, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await DeadLetterLock.TakeAsync(transaction, queue, patience, cancellationToken);

        var brokerConnection = await broker.DeadLetters.GetAsync(cancellationToken);
        await using var channel = await brokerConnection.CreateChannelAsync(cancellationToken: cancellationToken);
        var held = new HeldLetters(channel, queue);
        try
        {
            return await operation(held);
        }
        finally
        {
            await held.ReturnAsync();
        }
    }

    /// <returns>False if the queue is full.</returns>
    private async Task<bool> TryReplayAsync(string queue, DeadLetter letter, Correction? correction)
    {
        if (correction is not null && letter.EventId is { } id && id != correction.EventId)
        {
            throw new EventIdChangedException(id);
        }

        try
        {
            await publisher.ReplayAsync(queue, letter, correction);
            return true;
        }
        catch (PublishException exception) when (!exception.IsReturn)
        {
            return false;
        }
    }

    [LoggerMessage(51, LogLevel.Information, "Replayed {Count} dead letters to {Queue}")]
    private partial void LogReplayed(int count, string queue);

    [LoggerMessage(52, LogLevel.Information, "Discarded the dead letter {Id} ({MessageId}) of {Queue}")]
    private partial void LogDiscarded(string id, string? messageId, string queue);
}

/// <summary>The queue refuses a replayed message, because it has reached its maximum length.</summary>
internal sealed class QueueFullException(string queue, int replayed) : Exception($"The queue {queue} is full.")
{
    /// <summary>The number of messages that were replayed before the queue was full.</summary>
    public int Replayed => replayed;
}
