using System.Text;

namespace UserOrder.PackageList;

/// <summary>Writes docs/licenses.md with every package of every project and its license.</summary>
internal static class LicenseDocument
{
    private const string Assets = "obj/project.assets.json";

    /// <summary>The projects of the solution that have been restored, by their folder.</summary>
    public static IEnumerable<PackageGraph> Projects(string root) =>
        Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.Combine(Path.GetDirectoryName(project)!, Assets))
            .Where(File.Exists)
            .Order(StringComparer.Ordinal)
            .Select(PackageGraph.Read);

    public static string Write(IEnumerable<PackageGraph> projects)
    {
        var packages = projects.SelectMany(project => project.Packages)
            .DistinctBy(package => package.Url, StringComparer.OrdinalIgnoreCase)
            .OrderBy(package => package.Url, StringComparer.OrdinalIgnoreCase);
        var text = new StringBuilder(
            """
            # Licenses

            The NuGet packages of all projects and what each states as its license, written by `tools/packages.sh`. A project's
            `packages.locked.json`, which only `bench/peers` lacks, lists those that it uses. `package-lock.json` states the licenses
            of npm packages, which check contracts, Kubernetes files and a page, or belong to the peers and samples in Node.

            | package | version | license |
            | --- | --- | --- |

            """);
        foreach (var package in packages)
        {
            text.Append($"| {package.Name} | {package.Version} | {package.License} |\n");
        }

        return text.ToString();
    }
}
