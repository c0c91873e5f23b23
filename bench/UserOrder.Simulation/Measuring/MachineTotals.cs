using System.Globalization;

namespace UserOrder.Simulation.Measuring;

/// <summary>What the whole machine has done so far, from <c>/proc</c>.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_stat.5.html.</remarks>
internal static class MachineTotals
{
    // USER_HZ, which Linux fixes at 100 for what it shows to programs.
    private const double TicksPerSecond = 100;

    // user, nice, system, irq and softirq of the line "cpu".
    private static readonly int[] BusyFields = [1, 2, 3, 6, 7];

    public static double CpuSeconds()
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
}
