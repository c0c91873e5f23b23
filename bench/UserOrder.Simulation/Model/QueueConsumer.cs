using UserOrder.Messaging.Settings;
using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>A consumer of one queue, in an instance of OrderApi.</summary>
internal sealed class QueueConsumer(
    Simulator simulator, CostModel costs, MessagingOptions options, WorkerThreads threads, Database database, QuorumQueue queue, Ledger ledger)
{
    // As many messages as the broker hands over at a time.
    private const int Chunk = 50;

    private readonly Mailbox<Occurrence> _buffer = new(simulator);
    private readonly Pacing _pacing = new(simulator, options.BatchInterval);
    private readonly Wakeup _room = new(simulator);
    private readonly BusyTime _busy = new(simulator);
    private int _unacknowledged;

    /// <summary>How many events it has been given whose effect is not committed.</summary>
    public int Uncommitted { get; private set; }

    /// <summary>The seconds that it was at work on full batches.</summary>
    public double BusySeconds => _busy.Seconds;

    /// <summary>The broker's side: delivers while there is something and the prefetch leaves room.</summary>
    public async Task DeliverAsync()
    {
        while (true)
        {
            while (_unacknowledged >= options.Prefetch)
            {
                await _room.WaitAsync();
            }

            await queue.WaitAsync();
            var messages = queue.Take(Math.Min(Chunk, options.Prefetch - _unacknowledged));
            _unacknowledged += messages.Count;
            Uncommitted += messages.Count;
            await queue.Leader.DeliverAsync(messages.Count);
            foreach (var message in messages)
            {
                _buffer.Add(message);
            }
        }
    }

    /// <summary>The service's side: inbox and effect in one transaction, then the acknowledgement.</summary>
    public async Task ConsumeAsync()
    {
        while (true)
        {
            await _buffer.WaitAsync();
            await _pacing.WaitAsync();
            var batch = _buffer.Take(options.ConsumerBatchSize);
            _busy.Begin(batch.Count == options.ConsumerBatchSize);
            await threads.RunAsync(costs.OrderApiConsume.Seconds(batch.Count));
            var statement = costs.OrderDatabaseConsume.Seconds(batch.Count) / 2;
            await database.ExecuteAsync(statement);
            await database.ExecuteAsync(statement);
            await database.CommitAsync();
            foreach (var occurrence in batch)
            {
                ledger.Commit(occurrence, simulator.Now);
            }

            _busy.End();
            Uncommitted -= batch.Count;
            simulator.Start(() => AcknowledgeAsync(batch.Count));
        }
    }

    private async Task AcknowledgeAsync(int messages)
    {
        await queue.Leader.RunAsync(costs.Broker.BatchSeconds / 2);
        await queue.AcknowledgeAsync(messages);
        _unacknowledged -= messages;
        _room.Set();
    }
}
