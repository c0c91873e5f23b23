using System.Globalization;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>Finds out where an event is, by primary keys and a bounded look at the dead letters.</summary>
internal sealed class EventSearch(NpgsqlDataSource database, IEnumerable<SubscribedQueue> queues, DeadLetterStore letters)
{
    public async Task<EventWhereabouts> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var waiting = await OutboxStore.FindAsync(database, id, cancellationToken);
        var applied = await InboxStore.FindAsync(database, id, cancellationToken);
        var dead = new List<DeadLetterSearch>();
        foreach (var queue in queues)
        {
            dead.Add(await SearchAsync(queue.Name, id, cancellationToken));
        }

        DateTimeOffset? created = id.Version == 7 ? TimeOrderedId.TimeOf(id) : null;
        var (place, explanation) = Explain(created, waiting, applied, dead);
        return new EventWhereabouts(
            id,
            created,
            place,
            explanation,
            waiting is { } row ? new WaitingEvent(row.Type, row.Attempts) : null,
            [.. applied.Select(effect => new AppliedEvent(effect.Queue, effect.AppliedAt))],
            dead);
    }

    private async Task<DeadLetterSearch> SearchAsync(string queue, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            var (found, isComplete) = await letters.SearchAsync(queue, id, cancellationToken);
            var limit = isComplete ? null : $"Only the {DeadLetterStore.MaxSearched} oldest dead letters were looked at.";
            return new DeadLetterSearch(queue, found?.Id, found?.Reason, found?.DiedAt, isComplete, limit);
        }
        catch (DeadLettersBusyException)
        {
            return Skipped("Another operation works on the dead letters.");
        }
        catch (Exception exception) when (DeadLetterProblems.IsOfBroker(exception) && !cancellationToken.IsCancellationRequested)
        {
            return Skipped("The broker is out of reach.");
        }

        DeadLetterSearch Skipped(string limit) => new(queue, null, null, null, IsComplete: false, limit);
    }

    private static (EventPlace Place, string Explanation) Explain(
        DateTimeOffset? created,
        (string Type, int Attempts)? waiting,
        IReadOnlyList<(string Queue, DateTimeOffset AppliedAt)> applied,
        IReadOnlyList<DeadLetterSearch> dead)
    {
        if (dead.FirstOrDefault(search => search.LetterId is not null) is { } letter)
        {
            return (EventPlace.DeadLetter, $"It is a dead letter of {letter.Queue}: {letter.Reason ?? "the reason is unknown."}");
        }

        if (waiting is { } row)
        {
            var since = created is { } time ? $" since {Format(time)}" : "";
            return (EventPlace.Outbox, $"It waits in the outbox{since}, after {row.Attempts} failed attempts to publish it.");
        }

        return applied is [var first, ..]
            ? (EventPlace.Applied, $"It took effect from {first.Queue} at {Format(first.AppliedAt)}.")
            : (EventPlace.Unknown,
                "This service does not know it. A published event leaves the outbox when the broker confirms it: ask the services that "
                + "receive its type. The inbox forgets an event after its retention.");
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
