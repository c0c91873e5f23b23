using UserOrder.ManifestRunner;
using UserOrder.ManifestRunner.Evaluation;
using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.Tests.Runner;

public sealed class ParameterValuesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parameter-values-");

    private string Store => Path.Combine(_folder.FullName, "parameters.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_generated_value_is_kept_for_the_next_run()
    {
        var first = Values().Get("broker-password", "value");

        Assert.Equal(22, first.Length);
        Assert.Equal(first, Values().Get("broker-password", "value"));
    }

    [Fact]
    public void Only_the_owner_can_read_what_is_kept()
    {
        Values().Get("broker-password", "value");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Store).UnixFileMode);
    }

    [Fact]
    public void A_given_value_wins_over_a_kept_one_and_is_not_kept()
    {
        var kept = Values().Get("broker-password", "value");

        Assert.Equal("given", Values(("broker-password", "given")).Get("broker-password", "value"));
        Assert.Equal(kept, Values().Get("broker-password", "value"));
    }

    [Fact]
    public void A_fixed_default_serves_when_nothing_is_given() => Assert.Equal("north", Values().Get("region", "value"));

    [Fact]
    public void The_environment_gives_values_with_dashes_as_underscores()
    {
        const string variable = "Parameters__broker_password";
        Environment.SetEnvironmentVariable(variable, "from the environment");
        try
        {
            Assert.Equal("from the environment", Values().Get("broker-password", "value"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void A_value_that_nobody_gives_is_asked_for()
    {
        var exception = Assert.Throws<ManifestException>(() => Values().Get("licence", "value"));

        Assert.Contains("--parameter licence=", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Parameters__licence", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_store_is_reported_rather_than_replaced()
    {
        File.WriteAllText(Store, "{ damaged");

        Assert.Contains(Store, Assert.Throws<RunnerException>(() => Values()).Message, StringComparison.Ordinal);
        Assert.Equal("{ damaged", File.ReadAllText(Store));
    }

    private ParameterValues Values(params (string Name, string Value)[] given) =>
        new(TestManifest.Typical(), given.ToDictionary(pair => pair.Name, pair => pair.Value), Store);
}
