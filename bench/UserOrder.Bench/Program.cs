using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using UserOrder.Bench;
using UserOrder.Bench.Broker;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Report;
using UserOrder.Bench.Servers;

try
{
    switch (args)
    {
        case ["raw", var bodyBytes, var warmUp, var load]:
            await MeasureRawAsync(int.Parse(bodyBytes, CultureInfo.InvariantCulture), Seconds(warmUp), Seconds(load));
            return 0;
        case ["compare", "full" or "quick", var root]:
            await CompareAsync(args[1] == "full" ? BenchPlan.Full : BenchPlan.Quick, new BenchFolders(Path.GetFullPath(root)));
            return 0;
        case ["telemetry", var root]:
            await MeasureTelemetryAsync(new BenchFolders(Path.GetFullPath(root)));
            return 0;
        default:
            Console.Error.WriteLine("This program is run by bench/run.sh.");
            return 2;
    }
}
catch (BenchException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static async Task MeasureRawAsync(int bodyBytes, TimeSpan warmUp, TimeSpan load)
{
    var uri = Environment.GetEnvironmentVariable(RawBroker.UriVariable) ?? throw new BenchException($"{RawBroker.UriVariable} is not set.");
    await using var raw = await RawBroker.OpenAsync(new Uri(uri), bodyBytes);
    Console.WriteLine(JsonSerializer.Serialize(new[] { await raw.RunAsync(warmUp), await raw.RunAsync(load) }));
}

static async Task CompareAsync(BenchPlan plan, BenchFolders folders)
{
    var report = await BeginAsync();
    await using var servers = await BenchServers.StartAsync();
    var userOrder = new UserOrderPair(servers, folders);
    var node = new NodePair(servers, folders);
    var massTransit = new MassTransitPair(servers, folders);
    var result = await new ComparisonRun(plan, servers, report).RunAsync(userOrder, plan.IsFull ? [node, massTransit] : [node]);
    var versions = await Versions.DescribeAsync(plan, servers, folders);
    var tables = new MarkdownReport(result, Machine.Describe(), versions, folders).Write();
    Console.WriteLine(tables);
    if (plan.IsFull)
    {
        PerformanceDocument.Write(result, tables, folders);
    }
}

static async Task MeasureTelemetryAsync(BenchFolders folders)
{
    var report = await BeginAsync();
    await using var servers = await BenchServers.StartAsync();
    await using var receiver = await TelemetryReceiver.StartAsync();
    var with = new UserOrderPair(servers, folders, receiver);
    var without = new UserOrderPair(servers, folders);
    var result = await new ComparisonRun(BenchPlan.Telemetry, servers, report).RunAsync(with, without);
    var tables = new TelemetryReport(result, Machine.Describe(), receiver.Bytes).Write();
    Console.WriteLine(tables);
    PerformanceDocument.WriteTelemetry(tables, folders);
}

static async Task<Action<string>> BeginAsync()
{
    var clock = Stopwatch.StartNew();
    if (await Machine.MeasureOthersAsync() is > 0.1 and var others)
    {
        Report(string.Create(CultureInfo.InvariantCulture, $"Others use {others * 100:0} % of the processors: the figures will tell of them too."));
    }

    return Report;

    void Report(string text) => Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds,5:0} s  {text}");
}

static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
