using System.Text.Json;
using UserOrder.PackageList;

namespace UserOrder.Tests.Security;

/// <summary>All packages are locked by hash and listed with their licenses.</summary>
public sealed class PackageTests
{
    private const string UserApi = "UserOrder.UserApi/obj/project.assets.json";

    public static TheoryData<string> Projects { get; } =
        [.. Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetRelativePath(Repository.Root, project))
            .Where(
                project => !project.StartsWith("bench/peers/", StringComparison.Ordinal)
                    && !project.Contains("AppHost", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_package_is_locked_by_its_hash(string project)
    {
        var file = Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "packages.locked.json");

        using var locked = JsonDocument.Parse(File.ReadAllBytes(file));

        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => !package.Value.GetProperty("type").ValueEquals("Project"));
        Assert.All(
            packages, package => Assert.Equal(64, Convert.FromBase64String(package.Value.GetProperty("contentHash").GetString()!).Length));
    }

    [Fact]
    public void Each_npm_package_is_locked_by_its_hash()
    {
        var locks = Directory.EnumerateFiles(Repository.Root, "package-lock.json", SearchOption.AllDirectories)
            .Where(
                file => !file.Contains("/node_modules/", StringComparison.Ordinal)
                    && !file.Contains("/.userorder/", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(locks);
        Assert.All(locks, file =>
        {
            using var locked = JsonDocument.Parse(File.ReadAllBytes(file));
            var packages = locked.RootElement.GetProperty("packages").EnumerateObject().Where(package => package.Name.Length > 0);
            Assert.All(packages, package => Assert.True(
                package.Value.TryGetProperty("integrity", out _) || package.Value.TryGetProperty("link", out _),
                $"{file}: {package.Name}"));
        });
    }

    [Fact]
    public void The_bill_of_materials_names_each_package_with_hash_license_and_dependencies()
    {
        var graph = PackageGraph.Read(Path.Combine(Repository.Root, UserApi));

        using var document = JsonDocument.Parse(CycloneDx.Write(graph));

        var root = document.RootElement;
        Assert.Equal("CycloneDX", root.GetProperty("bomFormat").GetString());
        Assert.Equal(Repository.Version, root.GetProperty("metadata").GetProperty("component").GetProperty("version").GetString());
        var components = root.GetProperty("components").EnumerateArray().ToList();
        var references = components.Select(component => component.GetProperty("bom-ref").GetString()!).ToHashSet();
        Assert.Equal(components.Count, references.Count);
        var npgsql = Assert.Single(components, component => component.GetProperty("name").ValueEquals("Npgsql"));
        Assert.Equal($"pkg:nuget/Npgsql@{npgsql.GetProperty("version")}", npgsql.GetProperty("purl").GetString());
        Assert.Equal(128, npgsql.GetProperty("hashes")[0].GetProperty("content").GetString()!.Length);
        Assert.Contains(
            references,
            reference => reference.StartsWith("pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.", StringComparison.Ordinal));
        Assert.All(
            components,
            component => Assert.True(component.TryGetProperty("licenses", out _), $"{component.GetProperty("name")} has no license."));

        var dependencies = root.GetProperty("dependencies").EnumerateArray().ToDictionary(
            entry => entry.GetProperty("ref").GetString()!,
            entry => entry.GetProperty("dependsOn").EnumerateArray().Select(name => name.GetString()!).ToList());
        Assert.All(dependencies.Values.SelectMany(names => names), name => Assert.Contains(name, references));
        Assert.Equal(references, dependencies.Keys.Where(key => key != "UserOrder.UserApi").ToHashSet());
    }

    [Fact]
    public void The_list_of_licenses_is_current()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "licenses.md"));
        var restored = LicenseDocument.Projects(Repository.Root).ToList();

        Assert.All(
            restored.SelectMany(project => project.Packages),
            package => Assert.Contains($"| {package.Name} | {package.Version} | {package.License} |", document, StringComparison.Ordinal));
    }
}
