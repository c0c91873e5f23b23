using System.Globalization;
using Npgsql;

namespace UserOrder.Processes.Servers;

/// <summary>A private PostgreSQL that loses no commit and keeps the time of each.</summary>
/// <param name="primary">The superuser's password and the local port of the server to replicate; null for a server of its own.</param>
internal sealed class PostgresServer((string Password, int Port)? primary = null) : LocalServer
{
    /// <summary>The database that every server has.</summary>
    public const string DefaultDatabase = "postgres";

    private const string User = "postgres";

    /// <summary>The server's port.</summary>
    public int Port { get; } = FreePort.Next();

    protected override ProcessSpecification Command =>
        new("bash", Script("postgres.sh"), "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "track_commit_timestamp=on")
        {
            Environment = new Dictionary<string, string?>
            {
                ["PGDATA"] = Folder.FullName,
                ["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture),
                ["PGPASSWORD"] = Login,
                ["POSTGRES_USER"] = User,
                ["POSTGRES_PASSWORD"] = Login,
                ["POSTGRES_PRIMARY"] = primary is { } origin ? $"host=127.0.0.1 port={origin.Port} user={User}" : null,
            },
        };

    /// <summary>A standby has the logins of its primary.</summary>
    private string Login => primary?.Password ?? Password;

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username={User};Password={Login};Database={database}";

    /// <summary>Opens a connection outside of any pool, so that none is left when a database is dropped.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection($"{ConnectionString(database)};Pooling=false;Command Timeout=300");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    protected override async Task LoginAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(DefaultDatabase, cancellationToken);
    }
}
