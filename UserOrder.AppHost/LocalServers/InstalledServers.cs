namespace UserOrder.AppHost.LocalServers;

/// <summary>The server programs of this machine. The scripts beside this file look in the same places.</summary>
internal static class InstalledServers
{
    private static readonly string[] Path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);

    /// <summary>The Debian packages to install; empty where both servers are there.</summary>
    public static IReadOnlyList<string> MissingPackages() =>
    [
        .. IsThere("rabbitmq-server", [$"{Environment.GetEnvironmentVariable("RABBITMQ_HOME")}/sbin", "/usr/lib/rabbitmq/bin"]) ? [] : new[] { "rabbitmq-server" },
        .. IsThere("initdb", PostgresFolders()) ? [] : new[] { "postgresql" },
    ];

    private static bool IsThere(string program, IEnumerable<string> folders) =>
        folders.Concat(Path).Any(folder => File.Exists(System.IO.Path.Combine(folder, program)));

    private static IEnumerable<string> PostgresFolders() =>
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => $"{version}/bin") : [];
}
