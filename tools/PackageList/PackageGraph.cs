using System.Text.Json;

namespace UserOrder.PackageList;

/// <summary>The packages that a restore has resolved for one project.</summary>
/// <param name="Project">The name of the project.</param>
/// <param name="Version">The version of the project.</param>
/// <param name="Direct">The names of the packages that the project references.</param>
/// <param name="Packages">All packages, ordered by name.</param>
internal sealed record PackageGraph(string Project, string Version, IReadOnlyList<string> Direct, IReadOnlyList<Package> Packages)
{
    /// <summary>Reads a <c>project.assets.json</c>.</summary>
    /// <exception cref="IOException">The file is missing: the project has not been restored.</exception>
    public static PackageGraph Read(string assetsFile)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(assetsFile));
        var root = assets.RootElement;
        var project = root.GetProperty("project");
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        var framework = project.GetProperty("frameworks").EnumerateObject().First();
        var packages = Resolved(root, framework.Name, folders).Concat(Downloaded(framework.Value, folders))
            .DistinctBy(package => package.Url)
            .OrderBy(package => package.Url, StringComparer.OrdinalIgnoreCase);
        return new PackageGraph(
            project.GetProperty("restore").GetProperty("projectName").GetString()!,
            project.GetProperty("version").GetString()!,
            [.. Names(framework.Value, "dependencies")],
            [.. packages]);
    }

    /// <summary>The packages for all restored platforms.</summary>
    private static IEnumerable<Package> Resolved(JsonElement root, string framework, List<string> folders)
    {
        var libraries = root.GetProperty("libraries");
        var targets = root.GetProperty("targets").EnumerateObject();
        foreach (var target in targets.Where(target => target.Name.StartsWith(framework, StringComparison.Ordinal)))
        {
            foreach (var library in target.Value.EnumerateObject())
            {
                if (library.Value.GetProperty("type").ValueEquals("package"))
                {
                    var (name, version) = (library.Name.Split('/')[0], library.Name.Split('/')[1]);
                    yield return Describe(
                        name,
                        version,
                        libraries.GetProperty(library.Name).GetProperty("path").GetString()!,
                        folders,
                        [.. Names(library.Value, "dependencies")]);
                }
            }
        }
    }

    /// <summary>The packages that the SDK adds without a dependency, such as the runtime that is compiled into the program.</summary>
    private static IEnumerable<Package> Downloaded(JsonElement framework, List<string> folders)
    {
        if (!framework.TryGetProperty("downloadDependencies", out var downloads))
        {
            yield break;
        }

        foreach (var download in downloads.EnumerateArray())
        {
            var name = download.GetProperty("name").GetString()!;
            var version = download.GetProperty("version").GetString()!.Trim('[', ']').Split(',')[0];
            yield return Describe(name, version, $"{name}/{version}".ToLowerInvariant(), folders, []);
        }
    }

    private static IEnumerable<string> Names(JsonElement element, string property) =>
        element.TryGetProperty(property, out var names) ? names.EnumerateObject().Select(name => name.Name) : [];

    private static Package Describe(string name, string version, string path, List<string> folders, IReadOnlyList<string> dependencies)
    {
        var folder = folders.Select(root => Path.Combine(root, path)).FirstOrDefault(Directory.Exists);
        var hash = folder is null ? null : Directory.EnumerateFiles(folder, "*.nupkg.sha512").FirstOrDefault();
        var nuspec = folder is null ? null : Directory.EnumerateFiles(folder, "*.nuspec").FirstOrDefault();
        return new Package(
            name,
            version,
            hash is null ? null : Convert.ToHexStringLower(Convert.FromBase64String(File.ReadAllText(hash))),
            nuspec is null ? License.Unknown : License.Read(nuspec),
            dependencies);
    }
}
