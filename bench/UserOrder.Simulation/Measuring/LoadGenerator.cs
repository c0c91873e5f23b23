using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.Bench;

namespace UserOrder.Simulation.Measuring;

/// <summary>What wrk reports of a run. Latencies are in milliseconds.</summary>
internal sealed record LoadReport(long Requests, double Seconds, long Failed, double LatencyP50, double LatencyP99);

/// <summary>Clients that create users, each the next one when it has the answer, by wrk (https://github.com/wg/wrk).</summary>
internal static class LoadGenerator
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Measuring", "create-user.lua");
    private static int _runs;

    /// <param name="url">UserApi's address.</param>
    /// <param name="connections">How many clients.</param>
    /// <param name="seconds">For how long.</param>
    /// <exception cref="BenchException">wrk failed, or a request did.</exception>
    public static async Task<LoadReport> RunAsync(Uri url, int connections, int seconds)
    {
        // Two threads at most: it shares the machine with what it measures.
        string[] arguments =
        [
            "--threads", Text(Math.Min(2, connections)), "--connections", Text(connections), "--duration", $"{Text(seconds)}s",
            "--timeout", "30s", "--script", Script, new Uri(url, "/v1/users").ToString(), "--", $"r{Text(_runs++)}",
        ];
        var start = new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new BenchException("wrk did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith('{'))
            ?? throw new BenchException($"wrk ended with {process.ExitCode}: {output}");
        var report = JsonSerializer.Deserialize(line, LoadJson.Default.LoadReport)!;
        return report.Failed == 0 ? report : throw new BenchException($"{report.Failed} of {report.Requests} requests failed.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadJson : JsonSerializerContext;
