using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Outbox;

/// <summary>Reports the event types that the broker does not take, and why.</summary>
internal sealed partial class RelayProblems(BrokerProblems problems, PublishedTypes published, ILogger<OutboxRelay> logger)
{
    /// <summary>Reports the outcomes of a batch.</summary>
    /// <param name="messages">The batch.</param>
    /// <param name="outcomes">One outcome for each message.</param>
    /// <param name="refused">The broker's reason for each type of the messages that it refused.</param>
    public void Report(
        IReadOnlyList<OutboxMessage> messages,
        IReadOnlyList<PublishOutcome> outcomes,
        IReadOnlyDictionary<string, ShutdownEventArgs> refused)
    {
        foreach (var type in messages.Zip(outcomes).GroupBy(sent => sent.First.Type, sent => sent.Second))
        {
            Report(type.Key, [.. type.Distinct()], refused.GetValueOrDefault(type.Key));
        }
    }

    private void Report(string type, PublishOutcome[] outcomes, ShutdownEventArgs? close)
    {
        var what = $"events {type}";
        if (close is not null)
        {
            // A grant covers the declared types only, so it would not help the others.
            var isFirst = published.Contains(type)
                ? problems.Report(what, new BrokerLostException(close.ReplyText, close))
                : problems.Report(what, close.ReplyText);
            if (isFirst)
            {
                LogRefused(type, close.ReplyText);
            }
        }
        else if (outcomes.Contains(PublishOutcome.Returned))
        {
            if (problems.Report(what, "NO_ROUTE - no queue is bound"))
            {
                LogUnroutable(type);
            }
        }
        else if (outcomes.Contains(PublishOutcome.Rejected))
        {
            // A queue at its limit refuses and accepts by turns, so the relay logs it with its own pauses.
            problems.Report(what, "a queue is full");
        }
        else if (outcomes.Contains(PublishOutcome.Confirmed))
        {
            problems.End(what);
        }
    }

    [LoggerMessage(17, LogLevel.Warning, "The broker refuses events {Type}, the outbox keeps them: {Reason}")]
    private partial void LogRefused(string type, string reason);

    [LoggerMessage(18, LogLevel.Warning, "No queue is bound for events {Type}, the outbox keeps them")]
    private partial void LogUnroutable(string type);
}
