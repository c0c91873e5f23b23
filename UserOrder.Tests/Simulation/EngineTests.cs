using UserOrder.Simulation.Engine;

namespace UserOrder.Tests.Simulation;

/// <summary>The simulation's engine against queues that are solved in every textbook, such as Kleinrock's "Queueing Systems".</summary>
public sealed class EngineTests
{
    private const double Load = 0.7;
    private const int Customers = 200_000;
    private const double Tolerance = 0.03;

    [Fact]
    public void One_server_with_random_service_agrees_with_the_MM1_queue() =>
        AssertClose(1 / (1 - Load), MeanStay(isOrdered: true, isRandom: true));

    [Fact]
    public void One_server_with_constant_service_agrees_with_the_MD1_queue() =>
        AssertClose(1 + (Load / (2 * (1 - Load))), MeanStay(isOrdered: true, isRandom: false));

    /// <summary>Where the server is shared, the mean stay depends on the mean service only.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shared_server_agrees_with_the_MG1_PS_queue(bool isRandom) => AssertClose(1 / (1 - Load), MeanStay(isOrdered: false, isRandom));

    [Fact]
    public void A_flush_serves_everybody_who_waited_for_it()
    {
        var simulator = new Simulator();
        var log = new FlushedLog(simulator, new Disk(simulator, () => 1));
        var done = new List<double>();
        foreach (var start in (double[])[0, 0.2, 0.9, 1.5, 5])
        {
            simulator.Schedule(start, () => simulator.Start(FlushAsync));
        }

        simulator.RunUntil(10);

        Assert.Equal([1.0, 2.0, 2.0, 3.0, 6.0], done);
        Assert.Equal(4, log.Flushes);

        async Task FlushAsync()
        {
            await log.FlushAsync();
            done.Add(simulator.Now);
        }
    }

    [Fact]
    public void Logs_on_one_disk_take_turns()
    {
        var simulator = new Simulator();
        var disk = new Disk(simulator, () => 1);
        var done = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var log = new FlushedLog(simulator, disk);
            simulator.Start(() => FlushAsync(log));
        }

        simulator.RunUntil(10);

        Assert.Equal([1.0, 2.0, 3.0], done);

        async Task FlushAsync(FlushedLog log)
        {
            await log.FlushAsync();
            done.Add(simulator.Now);
        }
    }

    [Fact]
    public void A_machine_shares_its_cores_among_what_runs()
    {
        var simulator = new Simulator();
        var machine = new Machine(simulator, cores: 2);
        var done = new List<(int Job, double Time)>();
        for (var job = 1; job <= 3; job++)
        {
            var (number, seconds) = (job, (double)job);
            simulator.Start(() => RunAsync(number, seconds));
        }

        simulator.RunUntil(10);

        // Each has 2/3 of a core until the first is done at 1.5 s, then a core of its own.
        Assert.Equal([(1, 1.5), (2, 2.5), (3, 3.5)], done.Select(entry => (entry.Job, Math.Round(entry.Time, 9))));
        machine.Update();
        Assert.Equal(6, machine.BusySeconds, 9);

        async Task RunAsync(int number, double seconds)
        {
            await machine.RunAsync(seconds);
            done.Add((number, simulator.Now));
        }
    }

    [Fact]
    public void What_a_process_throws_ends_the_run()
    {
        var simulator = new Simulator();
        simulator.Start(FailAsync);

        Assert.Throws<InvalidOperationException>(() => simulator.RunUntil(2));

        async Task FailAsync()
        {
            await simulator.DelayAsync(1);
            throw new InvalidOperationException("It failed.");
        }
    }

    /// <summary>The mean time from arrival to departure where service takes 1 on average; customers arrive independently of each other.</summary>
    private static double MeanStay(bool isOrdered, bool isRandom)
    {
        var simulator = new Simulator();
        var random = new RandomSource(1);
        var machine = new Machine(simulator, cores: 1);
        var server = new WorkerThreads(simulator, machine, 1);
        var (stays, arrived, left) = (0.0, 0, 0);
        simulator.Start(ArriveAsync);
        simulator.RunUntil(double.MaxValue);
        Assert.Equal(Customers, left);
        return stays / left;

        async Task ArriveAsync()
        {
            while (arrived < Customers)
            {
                await simulator.DelayAsync(random.Exponential(1 / Load));
                arrived++;
                simulator.Start(StayAsync);
            }
        }

        async Task StayAsync()
        {
            var start = simulator.Now;
            var service = isRandom ? random.Exponential(1) : 1;
            if (isOrdered)
            {
                await server.RunAsync(service);
            }
            else
            {
                await machine.RunAsync(service);
            }

            stays += simulator.Now - start;
            left++;
        }
    }

    private static void AssertClose(double expected, double actual) =>
        Assert.InRange(actual, expected * (1 - Tolerance), expected * (1 + Tolerance));
}
