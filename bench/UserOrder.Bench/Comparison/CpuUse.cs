using UserOrder.Bench.Contestants;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Comparison;

/// <summary>Processor time by who used it, in seconds.</summary>
internal sealed record CpuUse(double UserService, double OrderService, double Broker, double Database)
{
    public double All => UserService + OrderService + Broker + Database;

    public static CpuUse SoFar(Contestant contestant, BenchServers servers) =>
        new(contestant.UserService.CpuSeconds, contestant.OrderService.CpuSeconds, servers.BrokerCpuSeconds, servers.DatabaseCpuSeconds);

    /// <summary>The use of a thousand events, from another moment to this one.</summary>
    public CpuUse PerThousandSince(CpuUse before, long events) => new(
        (UserService - before.UserService) * 1000 / events,
        (OrderService - before.OrderService) * 1000 / events,
        (Broker - before.Broker) * 1000 / events,
        (Database - before.Database) * 1000 / events);
}
