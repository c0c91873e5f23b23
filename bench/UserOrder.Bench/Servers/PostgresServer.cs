using System.Globalization;
using Npgsql;
using UserOrder.Processes;

namespace UserOrder.Bench.Servers;

/// <summary>A private PostgreSQL.</summary>
/// <param name="settings">Its settings, each as <c>name=value</c>, beside those that all comparisons need.</param>
internal sealed class PostgresServer(params IReadOnlyList<string> settings) : LocalServer
{
    /// <summary>The database that every server has.</summary>
    public const string DefaultDatabase = "postgres";

    private const string User = "postgres";

    // No commit is lost, and each one has its time.
    private static readonly string[] CommonSettings = ["fsync=on", "synchronous_commit=on", "track_commit_timestamp=on"];

    private readonly int _port = FreePort.Next();

    protected override ProcessSpecification Command =>
        new("bash", [Script("postgres.sh"), .. CommonSettings.Concat(settings).SelectMany(setting => new[] { "-c", setting })])
        {
            Environment = new Dictionary<string, string?>
            {
                ["PGDATA"] = Folder.FullName,
                ["PGPORT"] = _port.ToString(CultureInfo.InvariantCulture),
                ["POSTGRES_USER"] = User,
                ["POSTGRES_PASSWORD"] = Password,
            },
        };

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username={User};Password={Password};Database={database}";

    /// <summary>Opens a connection that is not kept, so that no database has one when it is dropped.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection($"{ConnectionString(database)};Pooling=false;Command Timeout=300");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async Task<string> VersionAsync()
    {
        await using var connection = await OpenAsync(DefaultDatabase);
        return connection.PostgreSqlVersion.ToString();
    }

    protected override async Task LoginAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(DefaultDatabase, cancellationToken);
    }
}
