using UserOrder.Processes;

namespace UserOrder.Bench.Processes;

/// <summary>Programs that run to their end.</summary>
internal static class Programs
{
    /// <exception cref="BenchException">The program did not end in time and was killed.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(TimeSpan limit, string program, params IReadOnlyList<string> arguments)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            return await ChildProcess.RunAsync(new ProcessSpecification(program, arguments), deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new BenchException($"{program} did not end within {limit.TotalSeconds:0} s.");
        }
    }
}
