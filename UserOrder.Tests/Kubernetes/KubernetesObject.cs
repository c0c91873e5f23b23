using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace UserOrder.Tests.Kubernetes;

/// <summary>One object of a Kubernetes YAML file.</summary>
internal sealed class KubernetesObject(YamlNode root)
{
    public string Kind => root.At("kind")!.Text();

    public string Name => root.At("metadata", "name")!.Text();

    public YamlNode? Spec => root.At("spec");

    /// <summary>The pod specification of a Deployment or StatefulSet.</summary>
    public YamlNode Pod => root.At("spec", "template", "spec")!;

    public YamlNode Container => Assert.Single(Pod.At("containers")!.Items());

    public IReadOnlyDictionary<string, string> PodLabels =>
        root.At("spec", "template", "metadata", "labels")!.Map().ToDictionary(label => label.Key, label => label.Value.Text());

    public bool IsWorkload => Kind is "Deployment" or "StatefulSet";

    public static IReadOnlyList<KubernetesObject> ReadAll(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => new KubernetesObject(document.RootNode))];
    }

    public YamlNode? At(params string[] path) => root.At(path);

    public override string ToString() => $"{Kind} {Name}";
}

internal static class YamlNodeExtensions
{
    /// <summary>The node at the end of a path of keys; null without one.</summary>
    public static YamlNode? At(this YamlNode? node, params string[] path) =>
        path.Aggregate(
            node,
            (current, key) => current is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var child)
                ? child
                : null);

    /// <summary>The elements of a list; empty without a list.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode? node) => (node as YamlSequenceNode)?.Children ?? [];

    /// <summary>The entries of a map; empty without a map.</summary>
    public static IEnumerable<KeyValuePair<string, YamlNode>> Map(this YamlNode? node) =>
        ((node as YamlMappingNode)?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
            .Select(entry => KeyValuePair.Create(entry.Key.Text(), entry.Value));

    public static string Text(this YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    public static int Number(this YamlNode node) => int.Parse(node.Text(), CultureInfo.InvariantCulture);
}
