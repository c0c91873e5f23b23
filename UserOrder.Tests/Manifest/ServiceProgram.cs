using System.Reflection;
using UserOrder.Processes;

namespace UserOrder.Tests.Manifest;

/// <summary>Runs the program of a service, or another program, to its end.</summary>
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
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        var specification = new ProcessSpecification("dotnet", [program.Location, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(program.Location)!,
            Environment = environment!,
        };
        return await ChildProcess.RunAsync(specification, deadline.Token);
    }
}
