using System.Diagnostics;
using System.Reflection;

namespace UserOrder.Tests.Manifest;

/// <summary>A service's own program, run apart from the graph, or another one that ends by itself.</summary>
internal static class ServiceProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    public static Task<(int ExitCode, string Output)> RunUntilItEndsAsync(
        string service, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunUntilItEndsAsync(
            service == "user-api" ? typeof(UserApi.Users.UserResponse).Assembly : typeof(OrderApi.Orders.OrderResponse).Assembly,
            environment,
            ["--urls", "http://127.0.0.1:0", .. arguments]);

    public static async Task<(int ExitCode, string Output)> RunUntilItEndsAsync(
        Assembly program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
