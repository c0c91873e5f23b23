using System.Globalization;
using Npgsql;

namespace UserOrder.Processes.Servers;

/// <summary>A private PostgreSQL that loses no commit and keeps the time of each.</summary>
internal sealed class PostgresServer : LocalServer
{
    /// <summary>The database that every server has.</summary>
    public const string DefaultDatabase = "postgres";

    private const string User = "postgres";

    private readonly int _port = FreePort.Next();

    protected override ProcessSpecification Command =>
        new("bash", Script("postgres.sh"), "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "track_commit_timestamp=on")
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
