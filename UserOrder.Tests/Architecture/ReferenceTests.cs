using System.Xml.Linq;
using Microsoft.Extensions.Hosting;

namespace UserOrder.Tests.Architecture;

/// <summary>References go one way: from the AppHost to the services, and from the services to the shared projects.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["UserOrder.AppHost"] = ["UserOrder.OrderApi", "UserOrder.UserApi", "Issuer", "Processes"],
        ["UserOrder.OrderApi"] = ["UserOrder.ApiDefaults", "UserOrder.Messaging.AspNetCore", "UserOrder.ServiceDefaults"],
        ["UserOrder.UserApi"] = ["UserOrder.ApiDefaults", "UserOrder.Messaging.AspNetCore", "UserOrder.ServiceDefaults"],
        ["UserOrder.ApiDefaults"] = ["UserOrder.ServiceDefaults"],
        ["UserOrder.ServiceDefaults"] = [],
        ["UserOrder.Messaging.AspNetCore"] = ["UserOrder.Messaging"],
        ["UserOrder.Messaging.EntityFrameworkCore"] = ["UserOrder.Messaging"],
        ["UserOrder.Messaging.Testing"] = ["UserOrder.Messaging"],
        ["UserOrder.Messaging"] = [],
    };

    public static TheoryData<string> Projects { get; } = [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_lower_layers(string project)
    {
        var referenced = XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Empty(referenced.Except(Allowed[project]));
    }

    [Fact]
    public void Every_product_project_has_a_layer()
    {
        var projects = Directory.GetDirectories(Repository.Root, "UserOrder.*")
            .Select(Path.GetFileName)
            .Where(name => !name!.EndsWith(".Tests", StringComparison.Ordinal));

        Assert.Equal(Allowed.Keys.Order(), projects.Order());
    }

    [Fact]
    public void The_messaging_library_does_not_reference_AspNetCore()
    {
        var references = typeof(MessagingExtensions).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.DoesNotContain(references, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }
}
