using UserOrder.Bench;
using UserOrder.Processes;

namespace UserOrder.Simulation;

/// <summary>The files of this checkout that the simulation reads and writes.</summary>
internal sealed class Folders
{
    private readonly string _root;

    private Folders(string root) => _root = root;

    public string Costs => Path.Combine(_root, "bench", "UserOrder.Simulation", "costs.json");

    public string Runs => Path.Combine(_root, "bench", "UserOrder.Simulation", "measured.json");

    public string Document => Path.Combine(_root, "docs", "scaling.md");

    public string Image(string name) => Path.Combine(_root, "docs", "images", name);

    /// <summary>Where a service was built to.</summary>
    public string Build(string project) => DotnetFolders.OutputOf(Path.Combine(_root, project), "Release");

    /// <summary>The file of what a service writes.</summary>
    public string Log(string service) => new BenchFolders(_root).Log(service);

    /// <exception cref="DirectoryNotFoundException">This program is not in a checkout.</exception>
    public static Folders Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "UserOrder.sln")))
        {
            folder = folder.Parent;
        }

        return new Folders(folder?.FullName ?? throw new DirectoryNotFoundException("The simulation runs from within the checkout."));
    }
}
