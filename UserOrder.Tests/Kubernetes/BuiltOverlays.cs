using System.Collections.Concurrent;

namespace UserOrder.Tests.Kubernetes;

/// <summary>A copy of the deployment's files with passwords of its own, in which overlays are built.</summary>
public sealed class BuiltOverlays : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("userorder-kubernetes-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _built = new();
    private readonly Lazy<Task> _copied;

    public BuiltOverlays() => _copied = new Lazy<Task>(CopyAsync);

    private string Deployment => Path.Combine(_folder, "deploy", "kubernetes");

    /// <summary>Where an overlay's objects are, as YAML.</summary>
    internal async Task<string> FileOfAsync(string overlay)
    {
        var file = Path.Combine(_folder, $"{overlay}.yaml");
        await _built.GetOrAdd(overlay, name => new Lazy<Task<string>>(async () =>
        {
            var yaml = await BuildAsync(name);
            await File.WriteAllTextAsync(file, yaml, TestContext.Current.CancellationToken);
            return yaml;
        })).Value;
        return file;
    }

    /// <summary>The objects of an overlay.</summary>
    internal async Task<IReadOnlyList<KubernetesObject>> ObjectsOfAsync(string overlay) =>
        KubernetesObject.ReadAll(await File.ReadAllTextAsync(await FileOfAsync(overlay), TestContext.Current.CancellationToken));

    /// <summary>Makes an overlay of the base and these components alone.</summary>
    internal async Task AddOverlayAsync(string name, params string[] components)
    {
        await _copied.Value;
        var folder = Directory.CreateDirectory(Path.Combine(Deployment, "overlays", name)).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "kustomization.yaml"),
            $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: userorder
            resources: [../../../../aspire-manifest/k8s]
            components: [{string.Join(", ", components.Select(component => $"../../components/{component}"))}]
            """,
            TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> BuildAsync(string overlay)
    {
        await _copied.Value;
        return await Kustomize.BuildAsync(Path.Combine(Deployment, "overlays", overlay));
    }

    private async Task CopyAsync()
    {
        foreach (var source in new[] { Path.Combine("deploy", "kubernetes"), Path.Combine("deploy", "observability"), Path.Combine("aspire-manifest", "k8s") })
        {
            var from = Path.Combine(Repository.Root, source);
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !IsLocal(Path.GetRelativePath(from, file))))
            {
                var copy = Path.Combine(_folder, source, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        var (exitCode, output) = await Kustomize.RunAsync("bash", [Path.Combine(Deployment, "secrets.sh")]);
        Assert.True(exitCode == 0, output);
    }

    /// <summary>What is this machine's and not the repository's.</summary>
    private static bool IsLocal(string path) =>
        path.StartsWith($"tools{Path.DirectorySeparatorChar}", StringComparison.Ordinal) || path.Split(Path.DirectorySeparatorChar).Contains("secrets");
}

[CollectionDefinition(Name)]
public sealed class KubernetesTests : ICollectionFixture<BuiltOverlays>
{
    public const string Name = "the overlays";
}
