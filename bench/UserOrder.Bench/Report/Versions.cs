using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Servers;
using UserOrder.Processes;

namespace UserOrder.Bench.Report;

/// <summary>What took part.</summary>
internal static class Versions
{
    public static async Task<string> DescribeAsync(BenchPlan plan, BenchServers servers, BenchFolders folders)
    {
        var (_, node) = await ChildProcess.RunAsync(new ProcessSpecification("node", "--version"), CancellationToken.None);
        var (_, wrk) = await ChildProcess.RunAsync(new ProcessSpecification("wrk", "--version"), CancellationToken.None);
        string[] parts =
        [
            $"RabbitMQ {await servers.BrokerVersionAsync()}",
            $"PostgreSQL {await servers.DatabaseVersionAsync()}",
            RuntimeInformation.FrameworkDescription,
            $"Node {node.Trim().TrimStart('v')} with Express {OfNodeModule(folders, "express")} and amqplib {OfNodeModule(folders, "amqplib")}",
            .. plan.IsFull ? [$"MassTransit {OfMassTransit(folders)}"] : (string[])[],
            $"wrk {wrk.Split(' ')[1]}",
        ];
        return string.Join(", ", parts);
    }

    private static string OfNodeModule(BenchFolders folders, string module)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(folders.NodePeer, "node_modules", module, "package.json")));
        return package.RootElement.GetProperty("version").GetString()!;
    }

    private static string OfMassTransit(BenchFolders folders) =>
        FileVersionInfo.GetVersionInfo(Path.Combine(folders.PublishedFolder("UserService"), "MassTransit.dll")).ProductVersion!.Split('+')[0];
}
