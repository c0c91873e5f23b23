using UserOrder.Processes;

namespace UserOrder.Tests.Observability;

/// <summary>Prometheus and promtool, as fetched by <c>tools/setup.sh</c>.</summary>
internal static class PrometheusPrograms
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".userorder", "prometheus", "usr", "bin");

    public static string Server { get; } = Path.Combine(Folder, "prometheus");

    private static string Tool { get; } = Path.Combine(Folder, "promtool");

    /// <summary>The reason to skip the test; null if both programs are present.</summary>
    public static string? ReasonToSkip { get; } = File.Exists(Server) && File.Exists(Tool)
        ? null
        : $"Prometheus is missing in {Folder}. ./test.sh fetches it on Debian, or prints why it cannot.";

    /// <summary>Skips the test, with the reason, if a program is missing.</summary>
    public static void Require() => Assert.SkipWhen(ReasonToSkip is not null, ReasonToSkip ?? "");

    public static Task<(int ExitCode, string Output)> RunToolAsync(params string[] arguments) => ChildProcess.RunAsync(
        new ProcessSpecification(Tool, arguments) { WorkingDirectory = PipelineFiles.Root }, TestContext.Current.CancellationToken);
}
