namespace UserOrder.Tests.Observability;

/// <summary>Checks of the rules by promtool.</summary>
public sealed class RuleTests
{
    [Fact]
    public async Task Configuration_and_rules_are_valid()
    {
        PrometheusPrograms.Require();

        var (exitCode, output) = await PrometheusPrograms.RunToolAsync(
            "check", "config", "--lint=all", "--lint-fatal", PipelineFiles.PrometheusConfiguration);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task The_unit_tests_of_the_rules_pass()
    {
        PrometheusPrograms.Require();

        var (exitCode, output) = await PrometheusPrograms.RunToolAsync(["test", "rules", .. Directory.GetFiles(PipelineFiles.RuleTests)]);

        Assert.True(exitCode == 0, output);
    }
}
