using System.Globalization;
using System.Runtime.InteropServices;

namespace UserOrder.Bench.Report;

/// <summary>What the run was made on.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({Processor()}), {Gibibytes():0} GiB RAM, {Disk(Path.GetTempPath())}, {OperatingSystem()}");

    /// <summary>How much of the processors others use, 0 to 1: while this process waits for a second.</summary>
    public static async Task<double> MeasureOthersAsync()
    {
        var before = Times();
        await Task.Delay(TimeSpan.FromSeconds(1));
        var spent = Times().Zip(before, (after, earlier) => after - earlier).ToList();

        // user, nice, system, idle, iowait, … (https://man7.org/linux/man-pages/man5/proc_stat.5.html).
        return 1 - ((double)(spent[3] + spent[4]) / spent.Sum());

        static List<long> Times() =>
            [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
                .Select(ticks => long.Parse(ticks, CultureInfo.InvariantCulture))];
    }

    private static string Processor() => Value(File.ReadLines("/proc/cpuinfo"), "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static double Gibibytes()
    {
        var kibibytes = Value(File.ReadLines("/proc/meminfo"), "MemTotal")!.Replace("kB", "", StringComparison.Ordinal);
        return double.Parse(kibibytes, CultureInfo.InvariantCulture) / (1 << 20);
    }

    private static string OperatingSystem() =>
        File.ReadLines("/etc/os-release").Single(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)).Split('"')[1]
        + $", Linux {Environment.OSVersion.Version.ToString(2)}";

    /// <summary>What holds the servers' data: the file system, and the device below it.</summary>
    private static string Disk(string folder)
    {
        var (device, _, fileSystem) = File.ReadLines("/proc/mounts")
            .Select(line => line.Split(' '))
            .Select(fields => (Device: fields[0], Folder: fields[1], FileSystem: fields[2]))
            .Where(mount => folder.StartsWith(mount.Folder.TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Folder.Length);
        return $"{fileSystem} on {Path.GetFileName(device) switch
        {
            var name when name.StartsWith("vd", StringComparison.Ordinal) => "a virtual disk",
            var name when name.StartsWith("nvme", StringComparison.Ordinal) => "NVMe",
            var name => name,
        }}";
    }

    private static string? Value(IEnumerable<string> lines, string name) => lines
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(parts => parts[0].Trim() == name)?[1].Trim();
}
