using System.Text.Json;

namespace UserOrder.Tests.Manifest;

/// <summary>The parts of the published manifest that tests read.</summary>
internal sealed record AppManifest(IReadOnlyDictionary<string, ManifestResource> Resources)
{
    /// <summary>The resources that run as processes, in the order of the manifest.</summary>
    public IEnumerable<(string Name, ManifestResource Resource)> Runnable =>
        Resources.Where(entry => entry.Value.IsRunnable).Select(entry => (entry.Key, entry.Value));

    /// <summary>The names of the secret parameters.</summary>
    public IEnumerable<string> Secrets =>
        Resources.Where(entry => entry.Value.Inputs.Values.Any(input => input.Secret)).Select(entry => entry.Key);

    public ManifestResource this[string name] => Resources[name];

    public static AppManifest Load() =>
        JsonSerializer.Deserialize<AppManifest>(File.ReadAllBytes(Repository.ManifestPath), JsonSerializerOptions.Web)!;
}
