using System.Xml.Linq;

namespace UserOrder.Tests.Kubernetes;

/// <summary>The image properties in the project files of the services.</summary>
internal static class ServiceProperties
{
    public static string RepositoryOf(string projectFile) => Property(projectFile, "ContainerRepository");

    public static string PortOf(string projectFile) =>
        XDocument.Load(projectFile).Descendants("ContainerPort").Single().Attribute("Include")!.Value;

    private static string Property(string file, string name) => XDocument.Load(file).Descendants(name).Single().Value;
}
