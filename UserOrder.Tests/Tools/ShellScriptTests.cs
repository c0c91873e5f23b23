using UserOrder.Processes;

namespace UserOrder.Tests.Tools;

/// <summary>The shell scripts of the repository.</summary>
public sealed class ShellScriptTests
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
    private static readonly string[] Excluded = [".git", ".userorder", "bin", "obj", "node_modules"];

    [Fact]
    public async Task Shellcheck_finds_nothing()
    {
        var scripts = Directory.EnumerateFiles(Repository.Root, "*", Everywhere)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split('/').Intersect(Excluded).Any() && IsScript(file))
            .ToList();
        Assert.Contains(".ci/run", scripts);
        Assert.Contains("tools/setup.sh", scripts);

        var check = new ProcessSpecification("shellcheck", [.. scripts]) { WorkingDirectory = Repository.Root };
        var (exitCode, output) = await ChildProcess.RunAsync(check, TestContext.Current.CancellationToken);

        Assert.SkipWhen(exitCode == 127, "shellcheck is not installed.");
        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
    }

    private static bool IsScript(string file) =>
        file.EndsWith(".sh", StringComparison.Ordinal) || Path.GetDirectoryName(file) is ".ci" or ".githooks";
}
