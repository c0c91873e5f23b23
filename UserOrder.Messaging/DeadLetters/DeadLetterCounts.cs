using System.Diagnostics.Metrics;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Holds the latest number of dead letters of each queue.</summary>
internal sealed class DeadLetterCounts
{
    private volatile IReadOnlyList<DeadLetterCount>? _latest;

    /// <summary>The latest counts; null before the first count and while the broker does not answer.</summary>
    public IReadOnlyList<DeadLetterCount>? Latest
    {
        get => _latest;
        set => _latest = value;
    }

    /// <summary>Asks the broker for the number of a queue's dead letters, excluding those that an operation holds.</summary>
    public static async Task<long> AskAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(Topology.DeadLettersOf(queue), cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.NotFound })
        {
            // The consumer has not declared the queue yet.
            return 0;
        }
    }

    public IEnumerable<Measurement<long>> Measure() =>
        from queue in Latest ?? []
        select new Measurement<long>(queue.Count, new KeyValuePair<string, object?>("userorder.queue", queue.Queue));
}
