using UserOrder.Messaging.Settings;
using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>An instance of UserApi: requests, their group commit, and the lanes of the relay.</summary>
internal sealed class UserReplica
{
    private readonly Simulator _simulator;
    private readonly CostModel _costs;
    private readonly WorkerThreads _threads;
    private readonly Database _database;
    private readonly RandomSource _random;
    private readonly int _queues;
    private readonly Mailbox<(Occurrence Event, Completion Answer)> _requests;
    private readonly List<RelayLane> _lanes = [];
    private readonly BusyTime _committing;

    public UserReplica(
        Simulator simulator, CostModel costs, MessagingOptions options, WorkerThreads threads, Database database, BrokerNode broker,
        IReadOnlyList<QuorumQueue> queues, RandomSource random, Ledger ledger)
    {
        _simulator = simulator;
        _costs = costs;
        _threads = threads;
        _database = database;
        _random = random;
        _queues = queues.Count;
        _requests = new(simulator);
        _committing = new(simulator);
        var signal = new Wakeup(simulator);
        simulator.Start(() => WriteAsync(signal, ledger));
        for (var i = 0; i < options.RelayLanes; i++)
        {
            var channel = new BrokerChannel(simulator, costs, broker, queues);
            simulator.Start(channel.RunAsync);
            var lane = new RelayLane(simulator, costs, options, threads, database, channel, signal);
            _lanes.Add(lane);
            simulator.Start(lane.RunAsync);
        }
    }

    /// <summary>The most users in one statement: the default of <c>GroupCommit</c> in UserOrder.Messaging.</summary>
    public static int MaxBatch => 500;

    /// <summary>How many events its relay has claimed that the broker has not confirmed.</summary>
    public int Unconfirmed => _lanes.Sum(lane => lane.Unconfirmed);

    /// <summary>The seconds that its group commit was at work on full batches.</summary>
    public double CommittingSeconds => _committing.Seconds;

    /// <summary>The seconds that the busiest lane of its relay was at work on full batches.</summary>
    public double RelayingSeconds => _lanes.Max(lane => lane.BusySeconds);

    /// <summary>Creates a user, and its event, and returns after the commit.</summary>
    public async Task CreateAsync()
    {
        // Half of a request's work comes before its commit, half after. Which half is which is an assumption.
        var half = _costs.UserApiRequest.SecondsOf(1) / 2;
        await _threads.RunAsync(half);
        var answer = new Completion(_simulator);
        _requests.Add((new Occurrence(_simulator.Now, _random.Below(_queues)), answer));
        await answer;
        await _threads.RunAsync(half);
    }

    private async Task WriteAsync(Wakeup signal, Ledger ledger)
    {
        while (true)
        {
            await _requests.WaitAsync();
            var batch = _requests.Take(MaxBatch);
            _committing.Begin(batch.Count == MaxBatch);
            await _threads.RunAsync(_costs.UserApiRequest.BatchSeconds);
            await _database.ExecuteAndCommitAsync(_costs.UserDatabaseInsert.Seconds(batch.Count));
            _committing.End();
            ledger.Accepted += batch.Count;
            foreach (var (occurrence, answer) in batch)
            {
                _database.Outbox.Enqueue(occurrence);
                answer.Complete();
            }

            signal.Set();
        }
    }
}
