using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Tests.Documents;

/// <summary>The product has one version, which Directory.Build.props states.</summary>
public sealed partial class VersionTests
{
    private static readonly string[] ProjectFiles = ["*.csproj", "*.props", "*.targets"];
    private static readonly string[] Excluded = ["bin", "obj", "node_modules", ".userorder"];
    private static readonly string[] Properties =
        ["Version", "VersionPrefix", "VersionSuffix", "AssemblyVersion", "FileVersion", "InformationalVersion"];

    [Fact]
    public void Only_Directory_Build_props_states_a_version()
    {
        var projects = ProjectFiles
            .SelectMany(pattern => Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split('/').Intersect(Excluded).Any());

        var stating = projects.Where(file => XDocument.Load(Path.Combine(Repository.Root, file)).Descendants("PropertyGroup").Elements()
            .Any(property => Properties.Contains(property.Name.LocalName)));

        Assert.Equal(["Directory.Build.props"], stating);
    }

    [Theory]
    [InlineData(typeof(EventOutbox))]
    [InlineData(typeof(UserApi.Users.UserCreated))]
    [InlineData(typeof(OrderApi.Orders.OrderPlaced))]
    public void An_assembly_has_the_version(Type type) => Assert.StartsWith(
        Repository.Version,
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        StringComparison.Ordinal);

    [Fact]
    public void The_changelog_begins_with_the_version() =>
        Assert.Equal(Repository.Version, Heading().Match(Read("CHANGELOG.md")).Groups["version"].Value);

    [Fact]
    public void The_production_overlay_deploys_the_version()
    {
        var tags = Tag().Matches(Read("deploy/kubernetes/overlays/production/kustomization.yaml"));

        Assert.NotEmpty(tags);
        Assert.All(tags, tag => Assert.Equal(Repository.Version, tag.Groups["version"].Value));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"^## (?<version>\S+)", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ *newTag: (?<version>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Tag();
}
