using UserOrder.Bench.Load;
using UserOrder.Bench.Processes;
using UserOrder.Processes;

namespace UserOrder.Bench.Contestants;

/// <summary>The floor of every answer: bench/peers/kestrel.</summary>
internal sealed class BareKestrel(BenchFolders folders)
{
    public const string RequestName = "bare Kestrel";

    private const string Project = "BareKestrel";

    private readonly Uri _url = new($"http://127.0.0.1:{FreePort.Next()}");

    public RequestKind Request => new(RequestName, _url, "GET", ["/v1/users/019ac8f4-9c00-7000-8000-000000000000"]);

    public Task<ServiceProcess> StartAsync()
    {
        var folder = folders.PublishedFolder(Project);
        var command = new ProcessSpecification(Path.Combine(folder, Project))
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = _url.GetLeftPart(UriPartial.Authority) },
        };
        return ServiceProcess.StartAsync(RequestName, command, _url, folders.Log(Project));
    }
}
