using System.Globalization;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Comparison;

/// <summary>
/// The requests that create no user: look-ups, lists and orders, each at several loads, beside the floor of an HTTP answer.
/// </summary>
internal sealed class RequestsRun(UserOrderPair pair, BareKestrel floor, BenchServers servers, Action<string> progress)
{
    /// <summary>The name of the look-up of a user.</summary>
    public const string LookUp = "`GET /v1/users/{id}`";

    private const int Rounds = 3;
    private const int Users = 1_000;
    private const int WarmUpConnections = 32;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(3);
    private static readonly int[] Connections = [1, 32, 128, 1000];
    private static readonly int[] ItemsOfOrders = [1, 10, 100];

    private readonly List<RequestRun> _runs = [];

    /// <exception cref="BenchException">A service failed, or answered a request with an error.</exception>
    public async Task<IReadOnlyList<RequestRun>> RunAsync()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            progress($"round {round} of {Rounds}");
            await pair.PrepareAsync(BenchPlan.FewUsers);
            await pair.StartAsync();
            foreach (var kind in KindsOf(await pair.UserIdsAsync(Users)))
            {
                await MeasureAsync(kind, () => CpuUse.SoFar(pair, servers).All, pair.WaitUntilRelayedAsync);
            }

            await pair.StopAsync();
            var kestrel = await floor.StartAsync();
            await MeasureAsync(floor.Request, () => kestrel.CpuSeconds, () => Task.CompletedTask);
            await kestrel.StopAsync();
        }

        return _runs;
    }

    private IEnumerable<RequestKind> KindsOf(IReadOnlyList<Guid> users)
    {
        yield return new RequestKind(LookUp, pair.UserOrigin, "GET", [.. users.Select(id => $"/v1/users/{id}")]);
        foreach (var items in ItemsOfOrders)
        {
            var text = string.Join(',', Enumerable.Range(1, items).Select(item => string.Create(
                CultureInfo.InvariantCulture, $$"""{"sku":"article-{{item}}","quantity":{{item}},"unitPrice":{{item}}.99}""")));
            yield return new RequestKind(
                $"`POST /v1/orders`, items: {items}",
                pair.OrderOrigin,
                "POST",
                [.. users.Select(id => $$"""/v1/orders{{'\t'}}{"userId":"{{id}}","items":[{{text}}]}""")]);
        }

        yield return new RequestKind(
            "`GET /v1/orders?userId=`", pair.OrderOrigin, "GET", [.. users.Select(id => $"/v1/orders?userId={id}")]);
    }

    private async Task MeasureAsync(RequestKind kind, Func<double> cpuSoFar, Func<Task> waitAsync)
    {
        await Wrk.SendAsync(kind, WarmUpConnections, WarmUp);
        foreach (var connections in Connections)
        {
            await waitAsync();
            await servers.CheckpointAsync();
            var before = cpuSoFar();
            var load = await Wrk.SendAsync(kind, connections, Load);
            await waitAsync();
            var cpu = (cpuSoFar() - before) * 1000 / load.Accepted;
            _runs.Add(new RequestRun(kind.Name, connections, load, cpu));
            progress($"  {kind.Name} at {connections} connections: {load.AcceptedPerSecond:0}/s, p99 {load.P99:0.0} ms");
        }
    }
}
