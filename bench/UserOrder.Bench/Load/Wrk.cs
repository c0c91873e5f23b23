using System.Text.Json;
using UserOrder.Bench.Processes;

namespace UserOrder.Bench.Load;

/// <summary>The closed loop: wrk keeps each of its connections busy with one request after the other.</summary>
internal static class Wrk
{
    private const string ResultMark = "result ";

    /// <summary>Creates users.</summary>
    /// <exception cref="BenchException">wrk failed, or an answer was an error.</exception>
    public static Task<LoadResult> RunAsync(Uri url, int connections, TimeSpan duration)
    {
        // Emails are unique also among the runs on one database.
        var prefix = $"{Guid.NewGuid():N}"[..8];
        return RunAsync(url, connections, duration, "create-users.lua", prefix, url.AbsolutePath);
    }

    /// <summary>Sends requests of one kind.</summary>
    /// <exception cref="BenchException">wrk failed, or an answer was an error.</exception>
    public static async Task<LoadResult> SendAsync(RequestKind kind, int connections, TimeSpan duration)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, kind.Lines);
            return await RunAsync(kind.Origin, connections, duration, "send-lines.lua", kind.Method, file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<LoadResult> RunAsync(
        Uri url, int connections, TimeSpan duration, string script, params IEnumerable<string> arguments)
    {
        var (exitCode, output) = await Programs.RunAsync(
            duration + Deadline.Grace,
            "wrk",
            [
                "--threads", "1",
                "--connections", $"{connections}",
                "--duration", $"{duration.TotalSeconds:0}s",
                "--timeout", "10s",
                "--script", Path.Combine(AppContext.BaseDirectory, "Load", script),
                url.GetLeftPart(UriPartial.Authority),
                "--",
                .. arguments,
            ]);
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
