using UserOrder.Processes;

namespace UserOrder.Bench.Processes;

/// <summary>What Linux reports about processes.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html and proc_pid_status.5.html.</remarks>
internal static class ProcFile
{
    /// <summary>USER_HZ, which the kernel's interface fixes whatever its own clock is.</summary>
    public const double TicksPerSecond = 100;

    // The fields utime, stime, cutime and cstime, counted from the one behind the name.
    private const int FirstTime = 11;
    private const int Times = 4;

    /// <summary>The seconds of processor time of a process and all that it started, the ended ones by way of their parents.</summary>
    public static double CpuSecondsOfFamily(int leader) => ProcessFamily.Members(leader).Sum(CpuSeconds);

    /// <summary>The most memory that a process has had resident so far, in bytes.</summary>
    public static long PeakMemoryBytes(int processId)
    {
        const string name = "VmHWM:";
        var status = Read(processId, "status") ?? throw new BenchException($"The process {processId} has ended.");
        var peak = status.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(peak[name.Length..^"kB".Length]) * 1024;
    }

    private static double CpuSeconds(int processId) => Read(processId, "stat") is { } stat
        ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(FirstTime).Take(Times).Sum(ticks => long.Parse(ticks)) / TicksPerSecond
        : 0;

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
