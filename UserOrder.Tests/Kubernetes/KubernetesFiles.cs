using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Kubernetes;

/// <summary>The paths of the Kubernetes files.</summary>
internal static class KubernetesFiles
{
    public static AppManifest Manifest { get; } = AppManifest.Load();

    public static string ManifestFolder { get; } = Path.GetDirectoryName(Repository.ManifestPath)!;

    /// <summary>The output of aspirate.</summary>
    public static string Base { get; } = Path.Combine(ManifestFolder, "k8s");

    public static string Templates { get; } = Path.Combine(ManifestFolder, "templates");

    public static string Deployment { get; } = Path.Combine(Repository.Root, "deploy", "kubernetes");

    public static string[] Components { get; } = NamesIn(Path.Combine(Deployment, "components"));

    public static string[] Overlays { get; } = NamesIn(Path.Combine(Deployment, "overlays"));

    private static string[] NamesIn(string folder) =>
        [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
