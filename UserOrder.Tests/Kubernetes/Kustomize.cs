using UserOrder.Processes;

namespace UserOrder.Tests.Kubernetes;

/// <summary>The program that builds overlays, found on the path or fetched by <c>tools/setup.sh</c>.</summary>
internal static class Kustomize
{
    private static readonly string Fetched = Path.Combine(Repository.Root, ".userorder", "kustomize", "usr", "bin", "kustomize");

    // The first one found. kubectl 1.25 and later contain a recent Kustomize.
    private static readonly Lazy<Task<string[]?>> Command = new(FindAsync);

    /// <summary>Builds a folder, or skips the test with the reason without Kustomize.</summary>
    public static async Task<string> BuildAsync(string folder)
    {
        var command = await Command.Value;
        Assert.SkipWhen(command is null, "Kustomize 5 is missing. ./test.sh fetches it on Debian, or prints why it cannot.");
        var (exitCode, output) = await RunAsync(command![0], [.. command[1..], folder]);
        Assert.True(exitCode == 0, output);
        return output;
    }

    internal static Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, string? folder = null) =>
        ChildProcess.RunAsync(
            new ProcessSpecification(program, arguments) { WorkingDirectory = folder ?? Repository.Root },
            TestContext.Current.CancellationToken);

    private static async Task<string[]?> FindAsync()
    {
        if (await AnswersAsync("kubectl", "version", "--client") is { } version
            && version.Contains("Kustomize Version: v5", StringComparison.Ordinal))
        {
            return ["kubectl", "kustomize"];
        }

        foreach (var program in new[] { "kustomize", Fetched })
        {
            if (await AnswersAsync(program, "version") is not null)
            {
                return [program, "build"];
            }
        }

        return null;
    }

    private static async Task<string?> AnswersAsync(string program, params string[] arguments)
    {
        return InstalledProgram.Find(program) is { } path && await RunAsync(path, arguments) is (0, var output) ? output : null;
    }
}
