namespace UserOrder.Bench;

/// <summary>Where the comparison finds and puts its files.</summary>
/// <param name="Root">The checkout.</param>
/// <param name="Published">The published services, one folder each.</param>
/// <param name="Logs">What the services write.</param>
internal sealed record BenchFolders(string Root, string Published, string Logs)
{
    public string Log(string name) => Path.Combine(Directory.CreateDirectory(Logs).FullName, $"{name}.log");
}
