using UserOrder.Bench.Contestants;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Comparison;

/// <summary>Processor time by who used it, in seconds.</summary>
/// <param name="UserService">The service that creates users.</param>
/// <param name="OrderService">The service that hears of them.</param>
/// <param name="Broker">RabbitMQ.</param>
/// <param name="Database">PostgreSQL.</param>
internal sealed record CpuUse(double UserService, double OrderService, double Broker, double Database)
{
    public double Services => UserService + OrderService;

    public double All => Services + Broker + Database;

    public static CpuUse SoFar(Contestant contestant, BenchServers servers) =>
        new(contestant.UserService.CpuSeconds, contestant.OrderService.CpuSeconds, servers.BrokerCpuSeconds, servers.DatabaseCpuSeconds);

    public static CpuUse operator -(CpuUse after, CpuUse before) => new(
        after.UserService - before.UserService,
        after.OrderService - before.OrderService,
        after.Broker - before.Broker,
        after.Database - before.Database);

    /// <summary>What a thousand events took of it.</summary>
    public CpuUse PerThousand(long events) =>
        new(UserService * 1000 / events, OrderService * 1000 / events, Broker * 1000 / events, Database * 1000 / events);
}
