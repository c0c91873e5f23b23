using System.Globalization;
using UserOrder.Processes;

namespace UserOrder.Bench.Processes;

/// <summary>What Linux tells of processes.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, proc_pid_status.5.html and proc_pid_io.5.html.</remarks>
internal static class ProcFile
{
    // USER_HZ, which the kernel's interface fixes whatever its own clock is.
    private const double TicksPerSecond = 100;

    // The fields utime, stime, cutime and cstime, counted from the one behind the name.
    private const int FirstTime = 11;
    private const int Times = 4;
    private const int FirstChildrensTime = FirstTime + 2;

    /// <summary>
    /// The processor time, user and system, of a process and everything that it started, in seconds: the living by what they have used
    /// themselves, the ended by what their parents have been told.
    /// </summary>
    public static double CpuSecondsOfFamily(int leader) =>
        ProcessFamily.Members(leader).Sum(member => CpuSeconds(member, FirstTime, Times));

    /// <summary>The processor time of the processes that this one has started and that have ended, in seconds.</summary>
    public static double CpuSecondsOfEndedChildren() => CpuSeconds(Environment.ProcessId, FirstChildrensTime, Times / 2);

    /// <summary>The bytes that a process and everything that it started have sent to the disk.</summary>
    public static double WrittenBytesOfFamily(int leader) => ProcessFamily.Members(leader).Sum(member => Number(member, "io", "write_bytes:") ?? 0);

    /// <summary>The most memory that a process has had resident so far, in bytes.</summary>
    public static long PeakMemoryBytes(int processId) =>
        Number(processId, "status", "VmHWM:") * 1024 ?? throw new BenchException($"The process {processId} has ended.");

    private static double CpuSeconds(int processId, int firstTime, int times) => Read(processId, "stat") is { } stat
        ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(firstTime).Take(times).Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0;

    private static long? Number(int processId, string file, string name)
    {
        var line = Read(processId, file)?.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
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
