using System.Text.Json.Nodes;

namespace UserOrder.Tests.Faults;

/// <summary>The AppHost's manifest with two replicas of each service.</summary>
internal static class ReplicatedManifest
{
    /// <summary>The second replica's name.</summary>
    public static string SecondOf(string service) => $"{service}-2";

    public static void Write(string path, params string[] services)
    {
        var manifest = JsonNode.Parse(File.ReadAllBytes(Repository.ManifestPath))!;
        var resources = manifest["resources"]!.AsObject();
        foreach (var service in services)
        {
            var first = resources[service]!;
            first["path"] = Path.GetFullPath(first["path"]!.GetValue<string>(), Path.GetDirectoryName(Repository.ManifestPath)!);

            // Its own port, not the first one's.
            var second = first.ToJsonString().Replace($"{{{service}.bindings.", $"{{{SecondOf(service)}.bindings.", StringComparison.Ordinal);
            resources[SecondOf(service)] = JsonNode.Parse(second);
        }

        File.WriteAllText(path, manifest.ToJsonString());
    }
}
