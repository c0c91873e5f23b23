using UserOrder.Tests.Packages;

namespace UserOrder.Tests.Documents;

/// <summary>The page of the public API names each public type of the packages.</summary>
public sealed class ApiDocumentTests
{
    public static TheoryData<string> Packages { get; } = [.. ReadmeProjects.Names];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Docs_api_names_each_public_type(string package)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "api.md"));
        var types = File.ReadLines(Path.Combine(Repository.Root, package, "PublicAPI.Shipped.txt"))
            .Where(line => !line.StartsWith('#') && !line.Contains("->", StringComparison.Ordinal))
            .Select(line => line.Split('<')[0].Split('.')[^1])
            .ToList();

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Matches($@"`{type}(\.\w+)?`", document));
    }
}
