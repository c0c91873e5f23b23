using System.Globalization;
using System.Text.Json;
using UserOrder.Bench;
using UserOrder.Bench.Broker;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Load;
using UserOrder.Bench.Servers;
using UserOrder.ManifestRunner.Processes;

if (args is ["raw", var uri, var bytes, var seconds])
{
    await using var raw = await RawBroker.OpenAsync(new Uri(uri), int.Parse(bytes, CultureInfo.InvariantCulture));
    await raw.RunAsync(TimeSpan.FromSeconds(2));
    Console.WriteLine(JsonSerializer.Serialize(await raw.RunAsync(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)))));
    return;
}

var root = args[0];
var rounds = int.Parse(args[1]);
var secs = int.Parse(args[2]);
var folders = new BenchFolders(root, Path.Combine(root, ".userorder/bench/publish"), Path.Combine(root, ".userorder/bench/logs"));
await using var watchdog = ProcessWatchdog.Start();
await using var servers = await BenchServers.StartAsync(default);
using var userOrder = new UserOrderPair(servers, folders, watchdog);
using var node = new NodePair(servers, folders, watchdog);
for (var round = 0; round < rounds; round++)
{
    foreach (var contestant in new Contestant[] { userOrder, node })
    {
        await contestant.PrepareAsync(10_000);
        await contestant.StartAsync();
        await LoadRun.MeasureAsync(contestant, servers, url => Wrk.RunAsync(url, 32, TimeSpan.FromSeconds(6), watchdog));
        foreach (var connections in new[] { 32, 128, 1 })
        {
            var run = await LoadRun.MeasureAsync(contestant, servers, url => Wrk.RunAsync(url, connections, TimeSpan.FromSeconds(secs), watchdog));
            Console.WriteLine($"{round} {contestant.Name} {connections,3}: {run.Load.AcceptedPerSecond:0}/s p50 {run.Load.P50} p99 {run.Load.P99} e2e {run.EventsPerSecond:0}/s lag {run.Effects.LagP50:0}/{run.Effects.LagP99:0} lost {run.Lost} cpu {run.Cpu}");
        }

        Console.WriteLine($"cold {contestant.UserService.ColdStart.TotalMilliseconds:0} {contestant.OrderService.ColdStart.TotalMilliseconds:0} rss {contestant.UserService.PeakMemoryBytes >> 20} {contestant.OrderService.PeakMemoryBytes >> 20}");
        await contestant.StopAsync();
    }

    var before = servers.BrokerCpuSeconds;
    var (_, output) = await ChildProcess.RunAsync(new ProcessSpecification(Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "UserOrder.Bench.dll"), "raw", servers.BrokerUri, "470", args[2]), watchdog, default);
    Console.WriteLine($"{round} raw {output} broker {servers.BrokerCpuSeconds - before}");
}
