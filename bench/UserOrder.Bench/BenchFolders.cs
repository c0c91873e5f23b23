namespace UserOrder.Bench;

/// <summary>Where the comparison finds and puts its files, below the checkout.</summary>
internal sealed record BenchFolders(string Root)
{
    public string NodePeer => Path.Combine(Root, "bench", "peers", "node");

    public string Document => Path.Combine(Root, "docs", "performance.md");

    public string Images => Path.Combine(Root, "docs", "images");

    /// <summary>The file that takes a service's output.</summary>
    public string Log(string service) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(Root, ".userorder", "bench", "logs")).FullName, $"{service}.log");

    /// <summary>Where a service was published to.</summary>
    public string PublishedFolder(string project) => Path.Combine(Root, ".userorder", "bench", "publish", project);

    /// <summary>The size of a folder, without the symbols for a debugger.</summary>
    public static double Megabytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.Extension is not (".pdb" or ".dbg"))
            .Sum(file => file.Length) / 1e6;
}
