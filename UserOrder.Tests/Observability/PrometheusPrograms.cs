using UserOrder.Processes;

namespace UserOrder.Tests.Observability;

/// <summary>Prometheus and its tool, where tools/setup.sh has put them.</summary>
internal static class PrometheusPrograms
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".userorder", "prometheus", "usr", "bin");

    public static string Server { get; } = Path.Combine(Folder, "prometheus");

    private static string Tool { get; } = Path.Combine(Folder, "promtool");

    /// <summary>Why they cannot be used; null where they can.</summary>
    public static string? ReasonToSkip { get; } = File.Exists(Server) && File.Exists(Tool)
        ? null
        : $"There is no Prometheus in {Folder}: test.sh fetches it on Debian, and says why where it cannot.";

    /// <summary>Skips the test, with the reason, where they are missing.</summary>
    public static void Require() => Assert.SkipWhen(ReasonToSkip is not null, ReasonToSkip ?? "");

    public static Task<(int ExitCode, string Output)> RunToolAsync(params string[] arguments) => ChildProcess.RunAsync(
        new ProcessSpecification(Tool, arguments) { WorkingDirectory = PipelineFiles.Root }, TestContext.Current.CancellationToken);
}
