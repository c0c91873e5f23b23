using UserOrder.Processes;

namespace UserOrder.Tests.Packages;

/// <summary>
/// The packages of this checkout, and projects made from nothing but them, by the steps of their READMEs. The other packages come from the
/// cache of this machine, which the build of this checkout has filled.
/// </summary>
public sealed class ReadmeProjects : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("userorder-packages-");

    /// <summary>The names of the packages.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["UserOrder.Messaging", "UserOrder.Messaging.AspNetCore", "UserOrder.Messaging.EntityFrameworkCore", "UserOrder.Messaging.Testing"];

    /// <summary>Whether these minutes are to be spent.</summary>
    public static bool IsSelected => Environment.GetEnvironmentVariable("USERORDER_PACKAGES") is { Length: > 0 };

    /// <summary>The folder of the packages.</summary>
    public string Packages => Path.Combine(_root.FullName, "packages");

    public async ValueTask InitializeAsync()
    {
        if (!IsSelected)
        {
            return;
        }

        foreach (var name in Names)
        {
            await RunAsync(
                Repository.Root, $"dotnet pack {name} --no-build --nologo -c {Repository.Configuration} -o '{Packages}'");
        }

        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } moved
            ? moved
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(
            Path.Combine(_root.FullName, "NuGet.config"),
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_root.FullName}/nuget" /></config>
              <packageSources><clear /><add key="packages" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="cache" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """);
        await FollowAsync("UserOrder.Messaging", "");
        await RunAsync(_root.FullName, "mkdir http ef && cp -r shop http && cp -r shop ef");
        await FollowAsync("UserOrder.Messaging.AspNetCore", "http/shop");
        await FollowAsync("UserOrder.Messaging.EntityFrameworkCore", "ef/shop");
        await FollowAsync("UserOrder.Messaging.Testing", "");
        await RunAsync(
            _root.FullName, "for project in shop.tests http/shop ef/shop; do dotnet build $project --nologo -v q -warnaserror; done");
    }

    public ValueTask DisposeAsync()
    {
        _root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The program of a project, to start.</summary>
    /// <param name="project">The project's folder, such as <c>http/shop</c>.</param>
    /// <param name="environment">Variables for the program.</param>
    /// <param name="arguments">The program's arguments.</param>
    internal ProcessSpecification ProgramOf(
        string project, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var folder = DotnetFolders.OutputOf(Path.Combine(_root.FullName, project), "Debug");
        return new ProcessSpecification("dotnet", [Path.Combine(folder, $"{Path.GetFileName(project)}.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            Environment = environment,
        };
    }

    /// <summary>Compiles a project ahead of time, and fails on a warning.</summary>
    /// <returns>The native program.</returns>
    internal async Task<string> CompileAsync(string project)
    {
        await RunAsync(_root.FullName, $"dotnet publish {project} --nologo -warnaserror -p:PublishAot=true -o native");
        return Path.Combine(_root.FullName, "native", Path.GetFileName(project));
    }

    private async Task FollowAsync(string package, string folder)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, package, "PACKAGE.md"));
        await RunAsync(Path.Combine(_root.FullName, folder), ReadmeScript.Of(readme));
    }

    private static async Task RunAsync(string folder, string script)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        var bash = new ProcessSpecification("bash", "-ec", script)
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?>
            {
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_NOLOGO"] = "1",
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["NUGET_PACKAGES"] = null,
                ["UseSharedCompilation"] = "false",
            },
        };
        var (exitCode, output) = await ChildProcess.RunAsync(bash, deadline.Token);
        Assert.True(exitCode == 0, $"{script}\n{output}");
    }
}
