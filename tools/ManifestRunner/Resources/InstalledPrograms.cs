using System.Globalization;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>Finds the servers that stand in for the containers.</summary>
internal static class InstalledPrograms
{
    private const string DebianPostgres = "/usr/lib/postgresql";

    /// <exception cref="RunnerException">It is not installed.</exception>
    public static string RabbitMqServer()
    {
        // Debian's /usr/sbin/rabbitmq-server is a wrapper that changes to the user of the machine's own broker, so PATH comes last.
        var home = Environment.GetEnvironmentVariable("RABBITMQ_HOME");
        string[] folders = [.. home is null ? [] : (string[])[Path.Combine(home, "sbin")], "/usr/lib/rabbitmq/bin", .. SearchPath()];
        return Find("rabbitmq-server", folders) ?? throw Missing("RabbitMQ", "rabbitmq-server");
    }

    /// <exception cref="RunnerException">It is not installed.</exception>
    public static string ErlangPortMapper() =>
        Find("epmd", [.. SearchPath(), "/usr/lib/erlang/bin"]) ?? throw Missing("Erlang's epmd", "erlang-base");

    /// <summary>The folder of PostgreSQL's server programs.</summary>
    /// <param name="majorVersion">The version that existing data needs, or <c>null</c> for the newest that is installed.</param>
    /// <exception cref="RunnerException">It is not installed.</exception>
    public static string PostgresFolder(int? majorVersion)
    {
        var debian = Directory.Exists(DebianPostgres) ? Directory.GetDirectories(DebianPostgres) : [];
        var versions = debian
            .Select(folder => (Version: ToVersion(Path.GetFileName(folder)), Programs: Path.Combine(folder, "bin")))
            .Where(candidate => File.Exists(Path.Combine(candidate.Programs, "initdb")))
            .OrderByDescending(candidate => candidate.Version);

        var fitting = versions.FirstOrDefault(candidate => majorVersion is null || candidate.Version == majorVersion).Programs;
        return fitting ?? Path.GetDirectoryName(Find("initdb", SearchPath())) ?? throw (majorVersion is null
            ? Missing("PostgreSQL", "postgresql")
            : new RunnerException($"The data needs PostgreSQL {majorVersion}. Install postgresql-{majorVersion}, or start with --fresh."));
    }

    private static int ToVersion(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static RunnerException Missing(string what, string package) =>
        new($"{what} is not installed. On Debian and Ubuntu: apt-get install {package}");

    private static string? Find(string program, IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string[] SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
}
