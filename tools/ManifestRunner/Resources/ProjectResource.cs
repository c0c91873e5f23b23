using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>A <c>project.*</c> resource: an already built .NET project, run as a process.</summary>
internal sealed class ProjectResource : GraphResource
{
    private const string HealthPath = "/health";
    private const string TargetFramework = "net10.0";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    // Variables of this process's own environment that would override what the manifest says.
    private static readonly string[] NeverInherited =
        ["ASPNETCORE_URLS", "DOTNET_URLS", "URLS", "HTTP_PORTS", "HTTPS_PORTS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS"];

    private readonly string _assembly;
    private readonly string _folder;
    private readonly Endpoint? _http;

    /// <exception cref="ManifestException">The project has not been built.</exception>
    public ProjectResource(string name, ResourceContext context)
        : base(name, ResourceKind.Project, context)
    {
        var resource = context.Manifest[name];
        var project = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(context.Manifest.FilePath)!, resource.Path ?? ""));
        _folder = Path.GetDirectoryName(project)!;
        var configuration = context.Options.Configuration;
        _assembly = Path.Combine(_folder, "bin", configuration, TargetFramework, Path.GetFileNameWithoutExtension(project) + ".dll");
        if (!File.Exists(_assembly))
        {
            throw new ManifestException(
                $"'{name}' is not built: there is no {_assembly}. Build it with: dotnet build --configuration {configuration} {project}");
        }

        _http = resource.Bindings.ContainsKey("http") ? context.Endpoints[name, "http"] : null;
    }

    protected override string ReadyCondition => $"GET {HealthPath} answers 200";

    protected override Signal StopSignal => Signal.Terminate;

    protected override Task LaunchAsync(CancellationToken cancellationToken)
    {
        Launch(new ProcessSpecification(DotnetHost(), ["exec", _assembly, .. Context.ArgumentsOf(Name)])
        {
            WorkingDirectory = _folder,
            Environment = Environment(),
        });
        return Task.CompletedTask;
    }

    protected override async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        if (_http is null)
        {
            return null;
        }

        try
        {
            using var response = await Http.GetAsync(new Uri(_http.Url + HealthPath), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? null : $"it answers {(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
        {
            return exception.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it does not answer within {Http.Timeout.TotalSeconds:0} s";
        }
    }

    private Dictionary<string, string?> Environment()
    {
        var variables = NeverInherited.ToDictionary(name => name, _ => (string?)null);
        // What one service logs stays on one line beside the other's.
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        variables["LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE"] = "true";
        TelemetryEnvironment.Apply(variables, Name, Context.Otlp);
        foreach (var (name, value) in Context.EnvironmentOf(Name))
        {
            variables[name] = value;
        }

        // HTTP_PORTS is meant for a container: it binds every network interface. A process on a developer's
        // machine is to be reached from this machine only.
        variables["HTTP_PORTS"] = null;
        variables["HTTPS_PORTS"] = null;
        variables["ASPNETCORE_URLS"] = _http?.Url;

        variables["ASPNETCORE_ENVIRONMENT"] = Context.Options.Environment;
        variables["DOTNET_ENVIRONMENT"] = Context.Options.Environment;
        foreach (var (name, value) in Context.IssuerEnvironment)
        {
            variables[name] = value;
        }

        foreach (var (name, value) in Context.Options.ExtraEnvironment.GetValueOrDefault(Name) ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }

        return variables;
    }

    // The host of the very runtime that this process runs on, wherever it is installed.
    public static string DotnetHost()
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}
