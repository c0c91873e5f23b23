using UserOrder.ManifestRunner.CommandLine;

namespace UserOrder.Tests.Runner;

public class RunnerArgumentsTests
{
    private const string Manifest = "/repository/aspire-manifest/aspire-manifest.json";

    [Fact]
    public void The_data_lies_beside_the_manifests_repository()
    {
        var arguments = RunnerArguments.Parse(["--manifest", Manifest]);

        Assert.Equal(RunnerMode.Run, arguments.Mode);
        Assert.Equal("/repository/.userorder/data", arguments.Graph.DataFolder);
        Assert.Equal("Release", arguments.Graph.Configuration);
        Assert.Equal("Development", arguments.Graph.Environment);
        Assert.False(arguments.Graph.Fresh);
        Assert.Null(arguments.Graph.Dashboard);
    }

    [Fact]
    public void Every_option_is_understood()
    {
        var arguments = RunnerArguments.Parse(
        [
            "--manifest", Manifest, "--data", "/data", "--fresh", "--configuration", "Debug", "--environment", "Staging", "--timeout", "7",
            "--port", "user-api=0", "--port", "rabbitmq.management=1", "--parameter", "password=a=b", "--dashboard", "/bin/aspire", "--quiet",
        ]);

        Assert.Equal("/data", arguments.Graph.DataFolder);
        Assert.True(arguments.Graph.Fresh);
        Assert.Equal("Debug", arguments.Graph.Configuration);
        Assert.Equal("Staging", arguments.Graph.Environment);
        Assert.Equal(TimeSpan.FromSeconds(7), arguments.Graph.StartTimeout);
        Assert.Equal([new("user-api", "http", 0), new("rabbitmq", "management", 1)], arguments.Graph.Ports);
        Assert.Equal("a=b", arguments.Graph.Parameters["password"]);
        Assert.Equal(new("/bin/aspire", "/repository/.userorder/dashboard"), arguments.Graph.Dashboard);
        Assert.Equal(ConsoleDetail.Quiet, arguments.Detail);
    }

    [Fact]
    public void No_dashboard_wins_over_dashboard() =>
        Assert.Null(RunnerArguments.Parse(["--manifest", Manifest, "--dashboard", "/bin/aspire", "--no-dashboard"]).Graph.Dashboard);

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--data")]
    [InlineData("--timeout", "soon")]
    [InlineData("--timeout", "0")]
    [InlineData("--port", "user-api")]
    [InlineData("--parameter", "password")]
    public void A_wrong_option_is_named(params string[] options) =>
        Assert.Contains(options[0], Assert.Throws<UsageException>(() => RunnerArguments.Parse(["--manifest", Manifest, .. options])).Message, StringComparison.Ordinal);
}
