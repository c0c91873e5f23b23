using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Finds the events for which the broker closes a channel, such as one of a type without rights or one over the broker's size limit, and
/// publishes their neighbours.
/// </summary>
/// <param name="messages">The batch during which the broker closed the channel.</param>
/// <param name="outcomes">Its outcomes, which the isolation completes.</param>
/// <param name="openAsync">Opens another channel.</param>
internal sealed class Isolation(IReadOnlyList<OutboxMessage> messages, PublishOutcome[] outcomes, Func<Task<ConfirmingPublisher>> openAsync)
{
    /// <summary>The broker's reason for each type of the events that it refuses.</summary>
    public Dictionary<string, ShutdownEventArgs> Refused { get; } = [];

    /// <summary>Publishes the events without an outcome in ever smaller parts. During an outage, some stay without one.</summary>
    /// <param name="close">How the broker closed the channel.</param>
    public Task RunAsync(ShutdownEventArgs close) => DivideAsync([.. Enumerable.Range(0, outcomes.Length).Where(IsOpen)], close);

    private bool IsOpen(int index) => outcomes[index] == PublishOutcome.Unknown;

    private async Task DivideAsync(int[] suspects, ShutdownEventArgs close)
    {
        // A right covers a type.
        var isOneType = suspects.Select(suspect => messages[suspect].Type).Distinct().Count() == 1;
        var isByType = close.ReplyCode == Constants.AccessRefused;
        if (suspects.Length == 1 || (isByType && isOneType))
        {
            foreach (var suspect in suspects)
            {
                outcomes[suspect] = PublishOutcome.Refused;
                Refused[messages[suspect].Type] = close;
            }

            return;
        }

        var parts = isByType
            ? suspects.GroupBy(suspect => messages[suspect].Type).Select(type => type.ToArray())
            : suspects.Chunk((suspects.Length + 1) / 2);
        foreach (var part in parts)
        {
            await PublishAsync(part);
        }
    }

    private async Task PublishAsync(int[] part)
    {
        await using var publisher = await openAsync();
        var published = await publisher.PublishAsync([.. part.Select(index => messages[index])]);
        for (var i = 0; i < part.Length; i++)
        {
            outcomes[part[i]] = published[i];
        }

        if (part.Where(IsOpen).ToArray() is { Length: > 0 } suspects && publisher.Close is { } close && BrokerFault.IsAboutMessage(close))
        {
            await DivideAsync(suspects, close);
        }
    }
}
