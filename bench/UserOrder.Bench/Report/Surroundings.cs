using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using UserOrder.Bench.Comparison;
using UserOrder.Bench.Contestants;
using UserOrder.Bench.Processes;
using UserOrder.Bench.Servers;
using UserOrder.Processes.Servers;

namespace UserOrder.Bench.Report;

/// <summary>What a run was made on and with.</summary>
internal static class Surroundings
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static string Machine()
    {
        var processor = Value("/proc/cpuinfo", "model name") ?? $"{RuntimeInformation.ProcessArchitecture}";
        var gibibytes = double.Parse(Value("/proc/meminfo", "MemTotal")!.Split(' ')[0]) / (1 << 20);
        var system = Value("/etc/os-release", "PRETTY_NAME", '=')!.Trim('"');
        return $"{Environment.ProcessorCount} cores ({processor}), {gibibytes:0} GiB RAM, {Disk(Path.GetTempPath())}, {system}, " +
            $"Linux {Environment.OSVersion.Version.ToString(2)}";
    }

    public static async Task<string> VersionsAsync(BenchPlan plan, BenchServers servers, BenchFolders folders)
    {
        var (_, node) = await Programs.RunAsync(Limit, "node", "--version");
        var (_, wrk) = await Programs.RunAsync(Limit, "wrk", "--version");
        await using var broker = await servers.Broker.ConnectAsync();
        await using var database = await servers.Database.OpenAsync(PostgresServer.DefaultDatabase);
        string[] parts =
        [
            $"RabbitMQ {Encoding.ASCII.GetString((byte[])broker.ServerProperties!["version"]!)}",
            $"PostgreSQL {database.PostgreSqlVersion}",
            RuntimeInformation.FrameworkDescription,
            $"Node {node.Trim().TrimStart('v')} with Express {OfModule(folders, "express")} and amqplib {OfModule(folders, "amqplib")}",
            .. plan.IsFull
                ? [$"MassTransit {OfAssembly(folders, "UserService", "MassTransit")}",
                    $"Wolverine {OfAssembly(folders, WolverinePair.UserProject, "Wolverine")}"]
                : (string[])[],
            $"wrk {wrk.Split(' ')[1]}",
        ];
        return string.Join(", ", parts);
    }

    /// <summary>Where the servers' data is: the file system, and the device below it.</summary>
    private static string Disk(string folder)
    {
        var mount = File.ReadLines("/proc/mounts")
            .Select(line => line.Split(' '))
            .Where(mount => folder.StartsWith(mount[1].TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount[1].Length)!;
        return $"{mount[2]} on {Path.GetFileName(mount[0])}";
    }

    private static string? Value(string file, string name, char separator = ':') => File.ReadLines(file)
        .Select(line => line.Split(separator, 2))
        .FirstOrDefault(parts => parts[0].Trim() == name)?[1].Trim();

    private static string OfAssembly(BenchFolders folders, string project, string assembly) => FileVersionInfo
        .GetVersionInfo(Path.Combine(folders.PublishedFolder(project), $"{assembly}.dll")).ProductVersion!.Split('+')[0];

    private static string OfModule(BenchFolders folders, string module)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(folders.NodePeer, "node_modules", module, "package.json")));
        return package.RootElement.GetProperty("version").GetString()!;
    }
}
