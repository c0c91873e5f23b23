namespace UserOrder.AppHost.LocalServers;

/// <summary>The installed server programs. The scripts in this folder search the same places.</summary>
internal static class InstalledServers
{
    private static readonly string[] RabbitMq = ["rabbitmq-server"];
    private static readonly string[] PostgreSql = ["postgresql"];
    private static readonly string[] SearchPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    /// <summary>The Debian packages to install; empty if both servers are installed.</summary>
    public static IReadOnlyList<string> MissingPackages() =>
    [
        .. IsInstalled("rabbitmq-server", RabbitMqFolders()) ? [] : RabbitMq,
        .. IsInstalled("initdb", PostgresFolders()) ? [] : PostgreSql,
    ];

    private static bool IsInstalled(string program, IEnumerable<string> folders) =>
        folders.Concat(SearchPath).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static IEnumerable<string> RabbitMqFolders() =>
        Environment.GetEnvironmentVariable("RABBITMQ_HOME") is { Length: > 0 } home
            ? [$"{home}/sbin", "/usr/lib/rabbitmq/bin"]
            : ["/usr/lib/rabbitmq/bin"];

    private static IEnumerable<string> PostgresFolders() =>
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => $"{version}/bin") : [];
}
