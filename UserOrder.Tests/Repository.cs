using System.Reflection;
using System.Xml.Linq;
using UserOrder.Processes;

namespace UserOrder.Tests;

/// <summary>The checkout from which the tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string ManifestPath => Path.Combine(Root, "aspire-manifest", "aspire-manifest.json");

    /// <summary>The configuration of the tests, which is also that of the services built with them.</summary>
    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The version of the product, which is also the tag of its images.</summary>
    public static string Version { get; } =
        XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The output folder of a project.</summary>
    /// <param name="project">The path of the project's folder in the checkout.</param>
    /// <param name="configuration">The configuration of the build, by default the tests' own.</param>
    public static string OutputOf(string project, string? configuration = null) =>
        DotnetFolders.OutputOf(Path.Combine(Root, project), configuration ?? Configuration);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "UserOrder.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests must run from within the checkout.");
    }
}
