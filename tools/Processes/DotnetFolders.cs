using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace UserOrder.Processes;

/// <summary>The folder of the .NET installation, and the folders of its builds.</summary>
internal static class DotnetFolders
{
    private static readonly string Framework = FrameworkOf(typeof(DotnetFolders).Assembly);

    /// <summary>The installation of this process's runtime. As <c>DOTNET_ROOT</c>, it gives a built program the same runtime.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The output folder of a project of this repository.</summary>
    /// <param name="project">The project's folder.</param>
    /// <param name="configuration">The configuration of the build, such as Release.</param>
    public static string OutputOf(string project, string configuration) => Path.Combine(project, "bin", configuration, Framework);

    /// <summary>The short name, such as <c>net10.0</c>, of the framework that an assembly was built for.</summary>
    private static string FrameworkOf(Assembly assembly) =>
        $"net{new FrameworkName(assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName).Version.ToString(fieldCount: 2)}";
}
