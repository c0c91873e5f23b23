using UserOrder.Simulation.Costs;

namespace UserOrder.Simulation.Measuring;

/// <summary>Derives costs per batch and per event from phases: two phases with different sizes of batches give two equations.</summary>
internal static class CostFit
{
    private const double Microseconds = 1e6;

    /// <summary>The cost of which the first phase took <paramref name="cpu1"/> CPU seconds and the second <paramref name="cpu2"/>.</summary>
    /// <remarks>
    /// A cost below zero is none: then the other one alone has to explain the phase in which it weighs more.
    /// </remarks>
    public static Cost Solve(double batches1, double events1, double cpu1, double batches2, double events2, double cpu2)
    {
        var determinant = (batches1 * events2) - (batches2 * events1);
        var perBatch = ((cpu1 * events2) - (cpu2 * events1)) / determinant;
        var perEvent = ((batches1 * cpu2) - (batches2 * cpu1)) / determinant;
        if (perEvent < 0)
        {
            (perBatch, perEvent) = (cpu1 / batches1, 0);
        }
        else if (perBatch < 0)
        {
            (perBatch, perEvent) = (0, cpu2 / events2);
        }

        return new Cost(Round(perBatch), Round(perEvent));
    }

    /// <summary>The costs of everything that the phases show; the rest is taken from <paramref name="others"/>.</summary>
    public static CostModel Fit(Phases phases, CostModel others, Origin origin, IReadOnlyList<double> flushes, BytesPerEvent bytes)
    {
        var (acceptOne, acceptMany, drain, one) = (phases.AcceptOne, phases.AcceptMany, phases.Drain, phases.One);
        var request = Accept(Part.UserApi);
        var insert = Accept(Part.UserDatabase);
        var costs = others with
        {
            Origin = origin,
            Client = new Cost(0, Round(acceptMany.Used.Cpu[Part.Client] / acceptMany.Requests)),
            UserApiRequest = request,
            UserDatabaseInsert = insert,
            UserApiRelay = Pass(Part.UserApi, phase => phase.Used.RelayBatches, request),
            UserDatabaseRelay = Pass(Part.UserDatabase, phase => phase.Used.RelayBatches, insert),
            Broker = Pass(Part.Broker, phase => (phase.Used.RelayBatches + phase.Used.ConsumerBatches) / 2, new Cost(0, 0)),
            OrderApiConsume = Pass(Part.OrderApi, phase => phase.Used.ConsumerBatches, new Cost(0, 0)),
            OrderDatabaseConsume = Pass(Part.OrderDatabase, phase => phase.Used.ConsumerBatches, new Cost(0, 0)),
            FlushMilliseconds = flushes,
            Bytes = bytes,
        };
        return costs with { SharingFactor = Math.Round(Math.Max(1, phases.Many.Used.Cpu.Values.Sum() / Sum(costs, phases.Many)), 2) };

        Cost Accept(Part part) => Solve(
            acceptOne.Used.Inserts,
            acceptOne.Requests,
            acceptOne.Used.Cpu[part],
            acceptMany.Used.Inserts,
            acceptMany.Requests,
            acceptMany.Used.Cpu[part]);

        // With one client, the requests' own share is known by now and is taken away.
        Cost Pass(Part part, Func<Phase, double> batches, Cost ofRequests) => Solve(
            batches(one),
            one.Events,
            Math.Max(0, one.Used.Cpu[part] - Of(ofRequests, one.Used.Inserts, one.Requests)),
            batches(drain),
            drain.Events,
            drain.Used.Cpu[part]);
    }

    /// <summary>The CPU seconds that a phase should have taken.</summary>
    private static double Sum(CostModel costs, Phase phase)
    {
        var used = phase.Used;
        return Of(costs.Client, 0, phase.Requests)
            + Of(costs.UserApiRequest, used.Inserts, phase.Requests)
            + Of(costs.UserDatabaseInsert, used.Inserts, phase.Requests)
            + Of(costs.UserApiRelay, used.RelayBatches, phase.Events)
            + Of(costs.UserDatabaseRelay, used.RelayBatches, phase.Events)
            + Of(costs.Broker, (used.RelayBatches + used.ConsumerBatches) / 2, phase.Events)
            + Of(costs.OrderApiConsume, used.ConsumerBatches, phase.Events)
            + Of(costs.OrderDatabaseConsume, used.ConsumerBatches, phase.Events);
    }

    private static double Of(Cost cost, double batches, double events) => ((batches * cost.PerBatch) + (events * cost.PerEvent)) / Microseconds;

    private static double Round(double seconds) => Math.Round(seconds * Microseconds, 2);
}
