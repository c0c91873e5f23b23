using UserOrder.Processes;
using UserOrder.Tests.AppHost;

namespace UserOrder.Tests.Manifest;

/// <summary>The committed manifest equals the output of Aspire's publisher for the AppHost.</summary>
public sealed class PublishedManifestTests
{
    [Fact]
    public async Task The_committed_manifest_equals_the_published_one()
    {
        // The manifest contains paths relative to its folder, so its folder must be as deep as that of the committed one.
        var published = Path.Combine(Repository.Root, "TestResults", "published-manifest.json");

        var (exitCode, output) = await ChildProcess.RunAsync(
            new ProcessSpecification("dotnet", AppHostProgram.Assembly, "--publisher", "manifest", "--output-path", published),
            TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, output);
        Assert.Equal(
            await File.ReadAllTextAsync(Repository.ManifestPath, TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(published, TestContext.Current.CancellationToken));
    }
}
