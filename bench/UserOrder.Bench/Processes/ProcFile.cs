using System.Globalization;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.Bench.Processes;

/// <summary>What Linux tells of processes.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html and proc_pid_status.5.html.</remarks>
internal static class ProcFile
{
    // USER_HZ, which the kernel's interface fixes whatever its own clock is.
    private const double TicksPerSecond = 100;

    // The fields utime, stime, cutime and cstime, counted from the one behind the name.
    private const int FirstTime = 11;
    private const int Times = 4;

    /// <summary>
    /// The processor time, user and system, of a process and everything that it started, in seconds: the living by what they have used
    /// themselves, the ended by what their parents have been told.
    /// </summary>
    public static double CpuSecondsOfFamily(int leader) =>
        ProcessFamily.Members(leader).Sum(member => Read(member, "stat") is { } stat
            ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(FirstTime).Take(Times).Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture))
            : 0) / TicksPerSecond;

    /// <summary>The most memory that a process has had resident so far, in bytes.</summary>
    public static long PeakMemoryBytes(int processId)
    {
        const string name = "VmHWM:";
        var line = (Read(processId, "status") ?? throw new BenchException($"The process {processId} has ended."))
            .Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    private static string? Read(int processId, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/{file}");
        }
        catch (IOException)
        {
            // It ended between the listing and the reading.
            return null;
        }
    }
}
