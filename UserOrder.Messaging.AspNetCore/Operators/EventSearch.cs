using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.DeadLetters;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>Finds out where events are, by indexes and bounded looks.</summary>
internal sealed class EventSearch(
    NpgsqlDataSource database, IEnumerable<SubscribedQueue> queues, DeadLetterStore letters, IOptions<MessagingOptions> options)
{
    private const int MaxLooked = 10_000;
    private const int MaxFound = 20;

    public async Task<ServiceFindings> FindAsync(EventKey key, CancellationToken cancellationToken)
    {
        var (items, limits) = (new List<EventFinding>(), new List<string>());
        foreach (var queue in queues)
        {
            await AddDeadLettersAsync(queue.Name);
        }

        var (waiting, isWholeOutbox) = await OutboxStore.SearchAsync(database, key, MaxLooked, MaxFound, cancellationToken);
        items.AddRange(waiting.Select(row => new EventFinding(
            $"{row.Id}",
            EventPlace.Outbox,
            $"{row.Type} waits in the outbox since {TimeOf(row.Id)}, after {row.Attempts} failed attempts to publish it.")));
        var (applied, isWholeInbox) = await InboxStore.SearchAsync(database, key, MaxLooked, MaxFound, cancellationToken);
        items.AddRange(applied.Select(row => new EventFinding(
            $"{row.Id}", EventPlace.Applied, $"It took effect from {row.Queue} at {Format(row.AppliedAt)}.", row.Queue)));

        // An event that its id has found is no subject.
        var isSubject = items.TrueForAll(item => item.EventId != $"{key.Id}");
        if (!isWholeOutbox && isSubject)
        {
            limits.Add($"In the outbox, only {MaxLooked} events were looked at.");
        }

        if (!isWholeInbox && isSubject)
        {
            limits.Add(key is { Id: null }
                ? "Applied events are found by an event id, a trace id, or a subject that is a UUID."
                : $"For a subject, only {MaxLooked} applied events were looked at.");
        }

        return new ServiceFindings(options.Value.ServiceName, items, limits, Failure: null);

        async Task AddDeadLettersAsync(string queue)
        {
            try
            {
                var (found, isComplete) = await letters.SearchAsync(queue, key, MaxFound, cancellationToken);
                items.AddRange(found.Select(letter => new EventFinding(
                    letter.EventId?.ToString(),
                    EventPlace.DeadLetter,
                    $"It is a dead letter of {queue}: {letter.Reason ?? "the reason is unknown."}",
                    queue,
                    letter.Id)));
                if (!isComplete && found.Count < MaxFound)
                {
                    limits.Add($"{queue}: only the {DeadLetterStore.MaxSearched} oldest dead letters were looked at.");
                }
            }
            catch (DeadLettersBusyException exception)
            {
                limits.Add(exception.Message);
            }
            catch (Exception exception) when (DeadLetterProblems.IsOfBroker(exception) && !cancellationToken.IsCancellationRequested)
            {
                limits.Add($"{queue}: the broker is out of reach, so no dead letters were looked at.");
            }
        }
    }

    private static string TimeOf(Guid id) => id.Version == 7 ? Format(TimeOrderedId.TimeOf(id)) : "an unknown time";

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
