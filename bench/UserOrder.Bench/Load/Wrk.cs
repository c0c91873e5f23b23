using System.Text.Json;
using UserOrder.Bench.Processes;

namespace UserOrder.Bench.Load;

/// <summary>The closed loop: wrk keeps each of its connections busy with one request after the other.</summary>
internal static class Wrk
{
    private const string ResultMark = "result ";

    /// <exception cref="BenchException">wrk failed, or an answer was an error.</exception>
    public static async Task<LoadResult> RunAsync(Uri url, int connections, TimeSpan duration)
    {
        // Emails are unique also among the runs on one database.
        var prefix = $"{Guid.NewGuid():N}"[..8];
        var (exitCode, output) = await Programs.RunAsync(
            duration + Deadline.Grace,
            "wrk",
            "--threads", "1",
            "--connections", $"{connections}",
            "--duration", $"{duration.TotalSeconds:0}s",
            "--timeout", "10s",
            "--script", Path.Combine(AppContext.BaseDirectory, "Load", "create-users.lua"),
            url.GetLeftPart(UriPartial.Authority),
            "--",
            prefix,
            url.AbsolutePath);
        var line = output.Split('\n').SingleOrDefault(line => line.StartsWith(ResultMark, StringComparison.Ordinal));
        if (exitCode != 0 || line is null)
        {
            throw new BenchException($"wrk failed with exit code {exitCode}:\n{output}");
        }

        var result = JsonSerializer.Deserialize<Summary>(line[ResultMark.Length..], JsonSerializerOptions.Web)!;
        return result is { Refused: 0, Broken: 0 }
            ? new LoadResult(result.Requests, result.Microseconds / 1e6, result.P50 / 1e3, result.P99 / 1e3)
            : throw new BenchException(
                $"Of {result.Requests} requests {result.Refused} were answered with an error, and {result.Broken} got no answer.");
    }

    private sealed record Summary(long Requests, long Microseconds, long Refused, long Broken, double P50, double P99);
}
