namespace UserOrder.AppHost.LocalServers;

/// <summary>The server programs of this machine. The scripts beside this file look in the same places.</summary>
internal static class InstalledServers
{
    private static readonly string[] RabbitMq = ["rabbitmq-server"];
    private static readonly string[] PostgreSql = ["postgresql"];
    private static readonly string[] SearchPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    /// <summary>The Debian packages to install; empty where both servers are there.</summary>
    public static IReadOnlyList<string> MissingPackages() =>
    [
        .. IsThere("rabbitmq-server", RabbitMqFolders()) ? [] : RabbitMq,
        .. IsThere("initdb", PostgresFolders()) ? [] : PostgreSql,
    ];

    private static bool IsThere(string program, IEnumerable<string> folders) =>
        folders.Concat(SearchPath).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static IEnumerable<string> RabbitMqFolders() =>
        Environment.GetEnvironmentVariable("RABBITMQ_HOME") is { Length: > 0 } home ? [$"{home}/sbin", "/usr/lib/rabbitmq/bin"] : ["/usr/lib/rabbitmq/bin"];

    private static IEnumerable<string> PostgresFolders() =>
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => $"{version}/bin") : [];
}
