using System.Text.Json;

namespace UserOrder.ManifestRunner.Manifest;

/// <summary>The graph that an Aspire AppHost published as <c>aspire-manifest.json</c>.</summary>
internal sealed class AppManifest
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    private AppManifest(string filePath, IReadOnlyDictionary<string, ManifestResource> resources)
    {
        FilePath = filePath;
        Resources = resources;
    }

    public string FilePath { get; }

    public IReadOnlyDictionary<string, ManifestResource> Resources { get; }

    /// <summary>The resources that become processes, in the manifest's order.</summary>
    public IEnumerable<(string Name, ManifestResource Resource)> Runnable =>
        Resources.Where(entry => entry.Value.IsRunnable).Select(entry => (entry.Key, entry.Value));

    /// <exception cref="ManifestException">The manifest has no such resource.</exception>
    public ManifestResource this[string name] => Resources.GetValueOrDefault(name)
        ?? throw new ManifestException($"'{name}' is not a resource of {FilePath}. It has: {string.Join(", ", Resources.Keys)}.");

    /// <exception cref="ManifestException">The file is missing, is not JSON, or describes no resources.</exception>
    public static AppManifest Load(string path)
    {
        var filePath = Path.GetFullPath(path);
        if (!File.Exists(filePath))
        {
            throw new ManifestException(
                $"There is no manifest at {filePath}. Write it with: dotnet run --project UserOrder.AppHost -- " +
                $"--publisher manifest --output-path {filePath}");
        }

        return Parse(File.ReadAllText(filePath), filePath);
    }

    /// <exception cref="ManifestException">The text is not JSON or describes no resources.</exception>
    public static AppManifest Parse(string json, string filePath)
    {
        try
        {
            var document = JsonSerializer.Deserialize<Document>(json, Json);
            return document?.Resources is { Count: > 0 } resources
                ? new AppManifest(filePath, resources)
                : throw new ManifestException($"{filePath} holds no resources: is it an Aspire manifest?");
        }
        catch (JsonException exception)
        {
            throw new ManifestException($"{filePath} is not a valid Aspire manifest: {exception.Message}", exception);
        }
    }

    private sealed record Document(Dictionary<string, ManifestResource>? Resources);
}
