using System.Globalization;

namespace UserOrder.Simulation.Measuring;

/// <summary>The parts of the system that have processes of their own.</summary>
internal enum Part
{
    UserApi,
    OrderApi,
    Broker,
    UserDatabase,
    OrderDatabase,
    Client,
}

/// <summary>CPU time and written bytes of the system's processes, from <c>/proc</c>.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html and proc_pid_io.5.html.</remarks>
internal static class ProcessTimes
{
    // USER_HZ, which Linux fixes at 100 for what it shows to programs.
    private const double TicksPerSecond = 100;

    // user, nice, system, irq and softirq of the line "cpu".
    private static readonly int[] BusyFields = [1, 2, 3, 6, 7];

    /// <summary>The CPU seconds of each part so far, those of children that have ended included.</summary>
    public static Dictionary<Part, double> CpuSeconds()
    {
        var seconds = Sum(process => process.CpuSeconds + process.ChildrenCpuSeconds);

        // The load generator has ended by now and has left its time to this process.
        seconds[Part.Client] = ProcessEntry.Read(Environment.ProcessId)!.ChildrenCpuSeconds;
        return seconds;
    }

    /// <summary>The bytes each part has sent to the disk so far.</summary>
    public static Dictionary<Part, double> WrittenBytes() => Sum(process => process.WrittenBytes);

    /// <summary>The CPU seconds of the whole machine so far.</summary>
    public static double MachineCpuSeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return BusyFields.Sum(i => double.Parse(fields[i], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>The bytes that this machine has sent to itself.</summary>
    public static double LoopbackBytes()
    {
        var line = File.ReadLines("/proc/net/dev").Single(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
        return double.Parse(line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    private static Dictionary<Part, double> Sum(Func<ProcessEntry, double> value)
    {
        var processes = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? ProcessEntry.Read(id) : null)
            .OfType<ProcessEntry>()
            .ToDictionary(process => process.Id);
        var sums = Enum.GetValues<Part>().ToDictionary(part => part, _ => 0.0);
        foreach (var process in processes.Values)
        {
            if (PartOf(process, processes) is { } part)
            {
                sums[part] += value(process);
            }
        }

        return sums;
    }

    /// <summary>The part that the process or the nearest of its ancestors is, if it descends from this program.</summary>
    private static Part? PartOf(ProcessEntry process, Dictionary<int, ProcessEntry> processes)
    {
        Part? part = null;
        for (var current = process; current.Id != Environment.ProcessId; current = processes[current.Parent])
        {
            part ??= current.Part;
            if (!processes.ContainsKey(current.Parent))
            {
                return null;
            }
        }

        return part;
    }

    private sealed record ProcessEntry(int Id, int Parent, double CpuSeconds, double ChildrenCpuSeconds, double WrittenBytes, Part? Part)
    {
        public static ProcessEntry? Read(int id)
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{id}/stat");

                // The second field is a name that may hold anything; the numbers follow its last parenthesis.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var command = File.ReadAllText($"/proc/{id}/cmdline");
                var written = File.ReadLines($"/proc/{id}/io").Single(line => line.StartsWith("write_bytes:", StringComparison.Ordinal));
                return new ProcessEntry(
                    id,
                    int.Parse(fields[1], CultureInfo.InvariantCulture),
                    Seconds(fields[11..13]),
                    Seconds(fields[13..15]),
                    double.Parse(written.Split(' ')[1], CultureInfo.InvariantCulture),
                    PartOf(command));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended.
                return null;
            }
        }

        private static double Seconds(IEnumerable<string> ticks) =>
            ticks.Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;

        private static Part? PartOf(string command) =>
            command.Contains("UserOrder.UserApi", StringComparison.Ordinal) ? Measuring.Part.UserApi
            : command.Contains("UserOrder.OrderApi", StringComparison.Ordinal) ? Measuring.Part.OrderApi
            : command.Contains("beam.smp", StringComparison.Ordinal) ? Measuring.Part.Broker
            : command.Contains("user-postgres", StringComparison.Ordinal) ? Measuring.Part.UserDatabase
            : command.Contains("order-postgres", StringComparison.Ordinal) ? Measuring.Part.OrderDatabase
            : null;
    }
}
