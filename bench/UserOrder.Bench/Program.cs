using System.Diagnostics;
using UserOrder.Bench;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Order;
using UserOrder.Bench.Processes;
using UserOrder.Bench.Report;
using UserOrder.Bench.Servers;

var clock = Stopwatch.StartNew();
try
{
    await (args switch
    {
        ["full", var root] => CompareAsync(BenchPlan.Full, new BenchFolders(root)),
        ["quick", var root] => CompareAsync(BenchPlan.Quick, new BenchFolders(root)),
        ["requests", var root] => MeasureRequestsAsync(new BenchFolders(root)),
        ["order", var root] => MeasureOrderAsync(new BenchFolders(root)),
        ["telemetry", var root] => MeasureTelemetryAsync(new BenchFolders(root)),
        _ => throw new BenchException("This program is run by bench/run.sh."),
    });
    return 0;
}
catch (Exception exception) when (exception is BenchException or TimeoutException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

async Task CompareAsync(BenchPlan plan, BenchFolders folders)
{
    var others = await WatchOthersAsync();
    await using var servers = new BenchServers();
    await servers.StartAsync();
    var userOrder = new UserOrderPair(servers, folders);
    var node = new NodePair(servers, folders);
    Contestant[] peers = plan.IsFull ? [node, new MassTransitPair(servers, folders), new WolverinePair(servers, folders)] : [node];
    var result = await new ComparisonRun(plan, servers, Report).RunAsync(userOrder, peers);
    var versions = await Surroundings.VersionsAsync(plan, servers, folders);
    var tables = new MarkdownReport(result, Surroundings.Machine(), versions, folders).Write();
    others.ThrowIfBusy();
    Console.WriteLine(tables);
    if (plan.IsFull)
    {
        PerformanceDocument.Write(result, tables, folders);
    }
}

async Task MeasureRequestsAsync(BenchFolders folders)
{
    var others = await WatchOthersAsync();
    await using var servers = new BenchServers();
    await servers.StartAsync();
    var runs = await new RequestsRun(new UserOrderPair(servers, folders), new BareKestrel(folders), servers, Report).RunAsync();
    var tables = new RequestsReport(runs, Surroundings.Machine()).Write();
    others.ThrowIfBusy();
    Console.WriteLine(tables);
    PerformanceDocument.WriteSection("requests", tables, folders);
}

async Task MeasureOrderAsync(BenchFolders folders)
{
    var others = await WatchOthersAsync();
    await using var servers = new BenchServers();
    await servers.StartAsync();
    var figures = await new OrderRun(servers, Report).RunAsync();
    var table = new OrderReport(figures, Surroundings.Machine()).Write();
    others.ThrowIfBusy();
    Console.WriteLine(table);
    PerformanceDocument.WriteSection("order", table, folders);
}

async Task MeasureTelemetryAsync(BenchFolders folders)
{
    var others = await WatchOthersAsync();
    await using var servers = new BenchServers();
    await using var receiver = new TelemetryReceiver();
    await Task.WhenAll(servers.StartAsync(), receiver.StartAsync());
    var with = new UserOrderPair(servers, folders, receiver);
    var without = new UserOrderPair(servers, folders);
    var result = await new ComparisonRun(BenchPlan.Telemetry, servers, Report).RunAsync(with, without);
    var tables = new TelemetryReport(result, Surroundings.Machine(), receiver.Bytes).Write();
    others.ThrowIfBusy();
    Console.WriteLine(tables);
    PerformanceDocument.WriteSection("telemetry", tables, folders);
}

async Task<OtherPrograms> WatchOthersAsync()
{
    var others = new OtherPrograms();
    await Task.Delay(TimeSpan.FromSeconds(1));
    if (others.Share() is > OtherPrograms.Limit and var share)
    {
        Report($"Other programs use {share * 100:0} % of the processors. If they go on, no figures are printed.");
    }

    return others;
}

void Report(string text) => Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds,5:0} s  {text}");
