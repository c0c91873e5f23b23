using System.Collections.Concurrent;

namespace UserOrder.Tests.Kubernetes;

/// <summary>Builds overlays in a copy of the deployment files with generated passwords.</summary>
public sealed class BuiltOverlays : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("userorder-kubernetes-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _built = new();
    private readonly Lazy<Task> _copied;

    public BuiltOverlays() => _copied = new Lazy<Task>(CopyAsync);

    private string Deployment => Path.Combine(_folder, "deploy", "kubernetes");

    /// <summary>The path of the YAML file with the objects of an overlay.</summary>
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

    /// <summary>Creates an overlay of the base and these components.</summary>
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
        string[] sources = ["deploy/kubernetes", "deploy/observability", "aspire-manifest/k8s"];
        foreach (var source in sources)
        {
            var from = Path.Combine(Repository.Root, source);
            var files = Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(from, file))
                .Where(file => !IsLocal(file));
            foreach (var file in files)
            {
                var copy = Path.Combine(_folder, source, file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(from, file), copy);
            }
        }

        var (exitCode, output) = await Kustomize.RunAsync("bash", [Path.Combine(Deployment, "secrets.sh")]);
        Assert.True(exitCode == 0, output);
    }

    /// <summary>Whether a file belongs to this machine and not to the repository.</summary>
    private static bool IsLocal(string path) =>
        path.StartsWith($"tools{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            || path.Split(Path.DirectorySeparatorChar).Contains("secrets");
}

[CollectionDefinition(Name)]
public sealed class KubernetesTests : ICollectionFixture<BuiltOverlays>
{
    public const string Name = "the overlays";
}
