namespace UserOrder.Bench.Processes;

/// <summary>Watches how much of the processors the programs use that are not part of the run.</summary>
internal sealed class OtherPrograms
{
    /// <summary>The share of all processors above which the figures would describe the others, too.</summary>
    public const double Limit = 0.1;

    private readonly (double Others, double All) _before = SoFar();

    /// <returns>The share since this watch began, 0 to 1.</returns>
    public double Share()
    {
        var (others, all) = SoFar();
        return (others - _before.Others) / (all - _before.All);
    }

    /// <exception cref="BenchException">The others used more than the limit.</exception>
    public void ThrowIfBusy()
    {
        if (Share() is > Limit and var share)
        {
            throw new BenchException(
                $"Other programs used {share * 100:0} % of the processors during the run, above {Limit * 100:0} %: no figures.");
        }
    }

    private static (double Others, double All) SoFar()
    {
        // user, nice, system, idle, iowait, irq, softirq, steal (https://man7.org/linux/man-pages/man5/proc_stat.5.html). Interrupts belong
        // to no program.
        var seconds = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(ticks => double.Parse(ticks) / ProcFile.TicksPerSecond)
            .ToList();
        var busy = seconds[0] + seconds[1] + seconds[2] + seconds[7];
        return (busy - ProcFile.CpuSecondsOfFamily(Environment.ProcessId), seconds.Sum());
    }
}
