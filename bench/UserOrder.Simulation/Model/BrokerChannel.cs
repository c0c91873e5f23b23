using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>
/// A channel of the broker that messages are published on. It is one process, and it stops reading while a quorum queue has a number of its
/// messages that are not stored yet.
/// </summary>
/// <remarks>https://www.rabbitmq.com/docs/quorum-queues#configuration, <c>quorum_commands_soft_limit</c>.</remarks>
internal sealed class BrokerChannel(Simulator simulator, CostModel costs, BrokerNode node, IReadOnlyList<QuorumQueue> queues)
{
    private const int CommandsSoftLimit = 32;

    private readonly Mailbox<Occurrence[]> _received = new(simulator);
    private readonly int[] _unstored = new int[queues.Count];
    private Completion? _room;
    private int _unconfirmed;
    private Completion? _allConfirmed;

    /// <summary>How many messages it has not confirmed.</summary>
    public int Unconfirmed => _unconfirmed;

    /// <summary>Reads what the client sends, for ever.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            await _received.WaitAsync();
            foreach (var messages in _received.Take(1)[0].Chunk(CommandsSoftLimit))
            {
                await node.RouteAsync(messages.Length);
                foreach (var part in messages.GroupBy(message => message.Queue))
                {
                    await EnqueueAsync(part.Key, [.. part]);
                }
            }
        }
    }

    /// <summary>Begins a batch.</summary>
    public Task BeginAsync(int messages)
    {
        _unconfirmed = messages;
        return node.RunAsync(costs.Broker.BatchSeconds / 2);
    }

    /// <summary>Sends some of the batch's messages.</summary>
    public void Send(Occurrence[] messages) => _received.Add(messages);

    /// <summary>Waits until the whole batch is confirmed.</summary>
    public async Task ConfirmAsync()
    {
        if (_unconfirmed > 0)
        {
            _allConfirmed = new Completion(simulator);
            await _allConfirmed;
        }
    }

    private async Task EnqueueAsync(int queue, Occurrence[] messages)
    {
        while (_unstored[queue] >= CommandsSoftLimit)
        {
            _room = new Completion(simulator);
            await _room;
        }

        _unstored[queue] += messages.Length;
        simulator.Start(() => StoreAsync(queue, messages));
    }

    private async Task StoreAsync(int queue, Occurrence[] messages)
    {
        await queues[queue].PublishAsync(messages);
        _unstored[queue] -= messages.Length;
        _room?.Complete();
        _unconfirmed -= messages.Length;
        if (_unconfirmed == 0)
        {
            _allConfirmed?.Complete();
            _allConfirmed = null;
        }
    }
}
