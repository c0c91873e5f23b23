using System.Runtime.InteropServices;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.Tests.Observability;

/// <summary>The dashboard, where tools/setup.sh has put it.</summary>
internal static class AspireDashboard
{
    private static readonly string State = Path.Combine(Repository.Root, ".userorder");

    private static readonly string Program = Path.Combine(
        State,
        "npm",
        "node_modules",
        "@microsoft",
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aspire-cli-linux-arm64" : "aspire-cli-linux-x64",
        "bin",
        "aspire");

    /// <summary>Null where it is missing.</summary>
    public static DashboardOptions? Options { get; } = File.Exists(Program) ? new DashboardOptions(Program, Path.Combine(State, "dashboard")) : null;

    /// <summary>Skips the test, with the reason, where it does not run.</summary>
    public static void IsNeeded(ManifestGraph graph)
    {
        Assert.SkipWhen(Options is null, $"There is no Aspire dashboard in {State}: test.sh fetches it with npm, and says why where it cannot.");
        Assert.Null(graph.DashboardFailure);
    }
}
