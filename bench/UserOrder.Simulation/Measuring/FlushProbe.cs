using System.Diagnostics;

namespace UserOrder.Simulation.Measuring;

/// <summary>How long the disk takes to flush a few kilobytes, as a database's log does at a commit.</summary>
internal static class FlushProbe
{
    private const int Flushes = 1000;
    private const int Bytes = 8192;

    /// <summary>The least, the 5 % quantiles and the greatest of the times, in milliseconds.</summary>
    /// <param name="folder">A folder on the disk in question.</param>
    public static IReadOnlyList<double> Measure(string folder)
    {
        var path = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, (long)Flushes * Bytes);
            var block = new byte[Bytes];
            var milliseconds = new double[Flushes];
            for (var i = 0; i < Flushes; i++)
            {
                RandomAccess.Write(file, block, (long)i * Bytes);
                var start = Stopwatch.GetTimestamp();
                RandomAccess.FlushToDisk(file);
                milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            Array.Sort(milliseconds);
            return [.. Enumerable.Range(0, 21).Select(i => Math.Round(milliseconds[i * (Flushes - 1) / 20], 4))];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
