using System.Text.Json;

namespace UserOrder.Tests.Manifest;

/// <summary>The published graph, as far as tests read it.</summary>
internal sealed record AppManifest(IReadOnlyDictionary<string, ManifestResource> Resources)
{
    /// <summary>The resources that become processes, in the manifest's order.</summary>
    public IEnumerable<(string Name, ManifestResource Resource)> Runnable =>
        Resources.Where(entry => entry.Value.IsRunnable).Select(entry => (entry.Key, entry.Value));

    /// <summary>The names of the parameters that nobody else may know.</summary>
    public IEnumerable<string> Secrets =>
        Resources.Where(entry => entry.Value.Inputs.Values.Any(input => input.Secret)).Select(entry => entry.Key);

    public ManifestResource this[string name] => Resources[name];

    public static AppManifest Load() =>
        JsonSerializer.Deserialize<AppManifest>(File.ReadAllBytes(Repository.ManifestPath), JsonSerializerOptions.Web)!;
}
