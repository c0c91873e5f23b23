namespace UserOrder.Tests.Kubernetes;

/// <summary>
/// <c>deploy/kubernetes/tools</c> validates every object against the schemas of Kubernetes and of the operators. <c>test.sh</c> fetches
/// the schemas from npm; without them these tests are skipped with the reason.
/// </summary>
[Collection(KubernetesTests.Name)]
public sealed class SchemaTests(BuiltOverlays overlays)
{
    private static readonly string Tools = Path.Combine(KubernetesFiles.Deployment, "tools");

    private static readonly (string Right, string Wrong, string Named)[] Mistakes =
    [
        ("replicas: 3", "replicas: three", "/spec/replicas"),
        ("type: RollingUpdate", "type: RolingUpdate", "RolingUpdate"),
        ("minAvailable: 2", "minAvailabel: 2", "minAvailabel"),
        ("path: /health", "path: [/health]", "/httpGet/path"),
    ];

    [Fact]
    public async Task Every_object_of_every_overlay_is_valid()
    {
        SkipWithoutTools();
        var files = new List<string>();
        await overlays.AddOverlayAsync("alternatives", "autoscaling", "ingress");
        await overlays.AddOverlayAsync("alternatives-gateway", "gateway");
        foreach (var overlay in KubernetesFiles.Overlays.Append("alternatives").Append("alternatives-gateway"))
        {
            files.Add(await overlays.FileOfAsync(overlay));
        }

        var (exitCode, output) = await Kustomize.RunAsync("node", ["validate.mjs", .. files], Tools);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task A_mistake_is_found()
    {
        SkipWithoutTools();
        var yaml = await File.ReadAllTextAsync(await overlays.FileOfAsync("local"), TestContext.Current.CancellationToken);
        foreach (var (right, wrong, _) in Mistakes)
        {
            Assert.Contains(right, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(right, wrong, StringComparison.Ordinal);
        }

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, yaml, TestContext.Current.CancellationToken);
            var (exitCode, output) = await Kustomize.RunAsync("node", ["validate.mjs", file], Tools);

            Assert.NotEqual(0, exitCode);
            Assert.All(Mistakes, mistake => Assert.Contains(mistake.Named, output, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void SkipWithoutTools() => Assert.SkipUnless(
        File.Exists(Path.Combine(Tools, "node_modules", ".fetched")),
        "The schemas are missing. ./test.sh fetches them from npm, which needs Node.js 20.19 or later.");
}
