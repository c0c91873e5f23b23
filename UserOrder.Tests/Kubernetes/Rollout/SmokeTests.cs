using System.Globalization;
using System.Text.RegularExpressions;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Manifest;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Kubernetes.Rollout;

/// <summary>Runs the tests of <c>deploy/smoke.sh</c> against services configured as in the overlay <c>local</c>.</summary>
public sealed partial class SmokeTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task The_integration_tests_pass_or_skip_with_the_service_URLs_only()
    {
        RequireOwnGraph();
        (string, string)[] settings = [.. await SecuredServices.ConnectionsAsync(Graph), ("Security__Open", "true")];
        await using var userApi = await ServiceUnderTest.StartAsync("user-api", settings);
        await using var orderApi = await ServiceUnderTest.StartAsync(
            "order-api", [.. settings, ("services__user-api__http__0", userApi.Url.AbsoluteUri)]);

        var (exitCode, output) = await ServiceProgram.RunUntilItEndsAsync(
            typeof(SmokeTests).Assembly,
            DeployedGraph.EnvironmentOf(userApi.Url, orderApi.Url),
            "-namespace", typeof(IntegrationTest).Namespace!, "-noColor");

        Assert.True(exitCode == 0, output);
        var summary = Summary().Match(output);
        Assert.True(summary.Success, output);
        Assert.True(Count("total") - Count("skipped") > 50, summary.Value);

        int Count(string what) => int.Parse(summary.Groups[what].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Total: (?<total>\d+), Errors: 0, Failed: 0, Skipped: (?<skipped>\d+)")]
    private static partial Regex Summary();
}
