using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.Tests.Runner;

public class AppManifestTests
{
    [Fact]
    public void Only_containers_and_projects_run() =>
        Assert.Equal(["broker", "server", "front", "back"], TestManifest.Typical().Runnable.Select(entry => entry.Name));

    [Fact]
    public void A_missing_file_is_named_with_the_command_that_writes_it()
    {
        var exception = Assert.Throws<ManifestException>(() => AppManifest.Load("/nowhere/aspire-manifest.json"));

        Assert.Contains("/nowhere/aspire-manifest.json", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--publisher manifest", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{ "resources": {} }""")]
    [InlineData("""{ "resources": { "typeless": { "image": "x" } } }""")]
    public void What_is_no_manifest_is_refused(string json)
    {
        var exception = Assert.Throws<ManifestException>(() => AppManifest.Parse(json, "/some/file.json"));

        Assert.Contains("/some/file.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_resource_is_answered_with_those_that_exist()
    {
        var exception = Assert.Throws<ManifestException>(() => TestManifest.Typical()["nope"]);

        Assert.Contains("'nope'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("broker", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker.io/library/rabbitmq:4.3-management", "rabbitmq", "4.3-management")]
    [InlineData("postgres", "postgres", "")]
    [InlineData("localhost:5000/postgres:18.3", "postgres", "18.3")]
    [InlineData("docker.io/library/postgres:18.3@sha256:0123", "postgres", "18.3")]
    public void An_image_name_is_taken_apart(string image, string repository, string tag) =>
        Assert.Equal(new ContainerImage(repository, tag), ContainerImage.Parse(image));
}
