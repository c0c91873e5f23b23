using UserOrder.Messaging.Settings;
using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>
/// The path of docs/reliability.md, from a client's request to the commit of the event's effect in the other service, with the product's
/// own settings.
/// </summary>
internal sealed class SystemModel
{
    private const double WarmUpSeconds = 0.5;

    private readonly Simulator _simulator = new();
    private readonly RandomSource _random;
    private readonly CostModel _costs;
    private readonly Topology _topology;
    private readonly MessagingOptions _options = new();
    private readonly Ledger _ledger = new(WarmUpSeconds);
    private readonly List<(string Part, Machine Machine)> _machines = [];
    private readonly List<UserReplica> _users = [];
    private readonly List<Database> _userDatabases = [];
    private readonly List<QuorumQueue> _queues = [];
    private readonly List<QueueConsumer> _consumers = [];
    private readonly Machine? _only;
    private readonly Disk? _onlyDisk;

    private SystemModel(CostModel costs, Topology topology, int seed)
    {
        _costs = costs;
        _topology = topology;
        _random = new RandomSource(seed);
        _only = topology.IsOneMachine ? AddMachine("the machine") : null;
        _onlyDisk = topology.IsOneMachine ? NewDisk() : null;
        Build();
    }

    /// <summary>Lets the system run for half a second and then for the measured time.</summary>
    /// <param name="costs">What everything costs.</param>
    /// <param name="topology">What runs where.</param>
    /// <param name="load">What the clients do.</param>
    /// <param name="seconds">The measured time, simulated.</param>
    /// <param name="seed">Decides all that is random.</param>
    public static SimulationResult Run(CostModel costs, Topology topology, Load load, double seconds, int seed)
    {
        var model = new SystemModel(costs, topology, seed);
        model.Begin(load);
        return model.Run(seconds);
    }

    private void Build()
    {
        for (var i = 0; i < _topology.UserDatabases; i++)
        {
            _userDatabases.Add(NewDatabase("PostgreSQL of UserApi"));
        }

        var nodes = Enumerable.Range(0, _topology.BrokerNodes).Select(_ => NewNode()).ToList();
        for (var i = 0; i < _topology.Queues; i++)
        {
            var followers = Enumerable.Range(i + 1, _topology.QueueMembers - 1).Select(node => nodes[node % nodes.Count]).ToList();
            _queues.Add(new QuorumQueue(_simulator, _costs, nodes[i % nodes.Count], followers, _topology.RoundTrip));
        }

        for (var i = 0; i < _topology.Replicas; i++)
        {
            var threads = NewProcess(MachineOf("UserApi"));
            _users.Add(new UserReplica(
                _simulator, _costs, _options, threads, _userDatabases[i % _userDatabases.Count], nodes[i % nodes.Count], _queues, _random, _ledger));
        }

        var orderDatabases = Enumerable.Range(0, _topology.OrderDatabases).Select(_ => NewDatabase("PostgreSQL of OrderApi")).ToList();
        var orders = Enumerable.Range(0, _topology.Replicas).Select(_ => NewProcess(MachineOf("OrderApi"))).ToList();
        for (var i = 0; i < Math.Max(_topology.Replicas, _topology.Queues); i++)
        {
            var queue = i % _queues.Count;
            var consumer = new QueueConsumer(
                _simulator, _costs, _options, orders[i % orders.Count], orderDatabases[queue % orderDatabases.Count], _queues[queue], _ledger);
            _consumers.Add(consumer);
            _simulator.Start(consumer.DeliverAsync);
            _simulator.Start(consumer.ConsumeAsync);
        }
    }

    private void Begin(Load load)
    {
        switch (load)
        {
            case Load.Clients clients:
                // wrk, which drives the measured runs, has two threads.
                var threads = _only is null ? null : new WorkerThreads(_simulator, _only, 2);
                for (var i = 0; i < clients.Count; i++)
                {
                    var replica = _users[i % _users.Count];
                    _simulator.Start(() => AskForeverAsync(replica, threads));
                }

                break;
            case Load.Arrivals arrivals:
                _simulator.Start(() => ArriveAsync(1 / arrivals.PerSecond));
                break;
        }
    }

    private async Task AskForeverAsync(UserReplica replica, WorkerThreads? threads)
    {
        while (true)
        {
            if (threads is not null)
            {
                await threads.RunAsync(_costs.Client.SecondsOf(1));
            }

            await AskAsync(replica);
        }
    }

    private async Task ArriveAsync(double meanPause)
    {
        while (true)
        {
            await _simulator.DelayAsync(_random.Exponential(meanPause));
            var replica = _users[_random.Below(_users.Count)];
            _simulator.Start(() => AskAsync(replica));
        }
    }

    private async Task AskAsync(UserReplica replica)
    {
        var sentAt = _simulator.Now;
        _ledger.Send(sentAt);
        await _simulator.DelayAsync(_topology.RoundTrip);
        await replica.CreateAsync();
        _ledger.Answer(sentAt, _simulator.Now);
    }

    private SimulationResult Run(double seconds)
    {
        _simulator.RunUntil(WarmUpSeconds);
        var busy = Busy();
        _simulator.RunUntil(WarmUpSeconds + seconds);
        var (latencies, lags) = (_ledger.Latencies, _ledger.Lags);
        return new SimulationResult
        {
            ArrivedPerSecond = _ledger.MeasuredArrivals / seconds,
            AcceptedPerSecond = _ledger.MeasuredAnswers / seconds,
            EndToEndPerSecond = _ledger.MeasuredCommits / seconds,
            LatencyP50 = Milliseconds(latencies.At(0.5)),
            LatencyP99 = Milliseconds(latencies.At(0.99)),
            LatencyMean = Milliseconds(latencies.Mean),
            LagP50 = Milliseconds(lags.At(0.5)),
            LagP99 = Milliseconds(lags.At(0.99)),
            Sent = _ledger.Sent,
            Answered = _ledger.Answered,
            Accepted = _ledger.Accepted,
            Committed = _ledger.Committed,
            InOutbox = _userDatabases.Sum(database => database.Outbox.Count),
            InRelay = _users.Sum(replica => replica.Unconfirmed),
            InQueue = _queues.Sum(queue => queue.Ready),
            InConsumer = _consumers.Sum(consumer => consumer.Uncommitted),
            Utilization = Busy().ToDictionary(entry => entry.Key, entry => (entry.Value - busy[entry.Key]) / seconds),
        };
    }

    /// <summary>For each part, the seconds that its busiest instance was at its limit so far; of a machine, per core.</summary>
    private Dictionary<string, double> Busy()
    {
        foreach (var (_, machine) in _machines)
        {
            machine.Update();
        }

        var busy = _machines.GroupBy(entry => entry.Part)
            .ToDictionary(part => part.Key, part => part.Max(entry => entry.Machine.BusySeconds / entry.Machine.Cores));
        if (_only is null)
        {
            busy["a queue"] = _queues.Max(queue => queue.OccupiedSeconds);
            busy["a group commit"] = _users.Max(replica => replica.CommittingSeconds);
            busy["a lane of the relay"] = _users.Max(replica => replica.RelayingSeconds);
            busy["a consumer"] = _consumers.Max(consumer => consumer.BusySeconds);
        }

        return busy;
    }

    private Database NewDatabase(string part) => new(_simulator, MachineOf(part), new FlushedLog(_simulator, NewDisk()), _topology.RoundTrip);

    private BrokerNode NewNode()
    {
        var machine = MachineOf("RabbitMQ");
        return new BrokerNode(_costs, NewProcess(machine), machine, new FlushedLog(_simulator, NewDisk()));
    }

    private WorkerThreads NewProcess(Machine machine) => new(_simulator, machine, machine.Cores);

    private Disk NewDisk() => _onlyDisk ?? new Disk(_simulator, () => _random.FromQuantiles(_costs.FlushMilliseconds) / 1000);

    private Machine MachineOf(string part) => _only ?? AddMachine(part);

    private Machine AddMachine(string part)
    {
        var machine = new Machine(_simulator, _topology.Cores, _topology.IsOneMachine ? FactorOfOneMachine : 1);
        _machines.Add((part, machine));
        return machine;
    }

    private double FactorOfOneMachine => _costs.SharingFactor * _topology.Cores / (_topology.Cores - _topology.OtherCores);

    private static double Milliseconds(double seconds) => 1000 * seconds;
}
