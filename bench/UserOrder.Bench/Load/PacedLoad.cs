using System.Collections.Concurrent;
using System.Diagnostics;

namespace UserOrder.Bench.Load;

/// <summary>
/// The open loop: requests fall due at a constant rate, whether or not the earlier ones have been answered, and each one's time counts
/// from when it was due. It falls behind only where all connections wait for an answer.
/// </summary>
internal static class PacedLoad
{
    private const int Connections = 64;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);

    /// <exception cref="BenchException">An answer was no 201, or did not come.</exception>
    public static async Task<LoadResult> RunAsync(Uri url, double requestsPerSecond, TimeSpan duration)
    {
        var prefix = $"{Guid.NewGuid():N}"[..8];
        var milliseconds = new ConcurrentBag<List<double>>();
        var next = -1L;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(SendAsync)))
            .WithinAsync(duration + Deadline.Grace, () => $"{url} did not answer all of {Interlocked.Read(ref next)} requests");
        return LoadResult.Of(milliseconds.SelectMany(own => own), clock.Elapsed);

        async Task SendAsync()
        {
            using var connection = await HttpConnection.OpenAsync(url);
            var own = new List<double>();
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                var due = TimeSpan.FromSeconds(number / requestsPerSecond);
                if (due >= duration)
                {
                    milliseconds.Add(own);
                    return;
                }

                if (due - clock.Elapsed is var pause && pause >= ShortestPause)
                {
                    await Task.Delay(pause);
                }

                var start = clock.Elapsed < due ? clock.Elapsed : due;
                await connection.CreateUserAsync($"{prefix}{number:D9}@example.com");
                own.Add((clock.Elapsed - start).TotalMilliseconds);
            }
        }
    }
}
