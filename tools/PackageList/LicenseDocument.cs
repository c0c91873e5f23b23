using System.Text;

namespace UserOrder.PackageList;

/// <summary>Writes docs/licenses.md with every package of every project and its license.</summary>
internal static class LicenseDocument
{
    private const string Assets = "obj/project.assets.json";
    private const string Origin = "The NuGet packages of all projects with what each says of its license, written by `tools/packages.sh`.";

    /// <summary>The projects of the solution that have been restored, by their folder.</summary>
    public static IEnumerable<PackageGraph> Projects(string root) =>
        Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.Combine(Path.GetDirectoryName(project)!, Assets))
            .Where(File.Exists)
            .Order(StringComparer.Ordinal)
            .Select(PackageGraph.Read);

    public static string Write(IEnumerable<PackageGraph> projects)
    {
        var used = projects.SelectMany(project => project.Packages.Select(package => (package, project.Project)))
            .GroupBy(use => use.package.Url, StringComparer.OrdinalIgnoreCase)
            .OrderBy(uses => uses.Key, StringComparer.OrdinalIgnoreCase);
        var text = new StringBuilder(
            $"""
            # Licenses

            {Origin} The programs that contracts and
            Kubernetes files are checked with come from npm; the `package-lock.json` beside them states the license of each.

            | package | version | license | used by |
            | --- | --- | --- | --- |

            """);
        foreach (var uses in used)
        {
            var package = uses.First().package;
            var users = uses.Select(use => use.Project).Distinct().Order(StringComparer.Ordinal);
            text.Append($"| {package.Name} | {package.Version} | {package.License} | {string.Join(", ", users)} |\n");
        }

        return text.ToString();
    }
}
