using System.Globalization;
using Npgsql;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Manifest;
using UserOrder.ManifestRunner.Networking;
using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>A PostgreSQL container, run as a private server of the PostgreSQL that is installed on this machine.</summary>
internal sealed class PostgresResource : GraphResource
{
    private const string SqlBinding = "tcp";
    private const string MaintenanceDatabase = "postgres";

    // The same on every machine, whatever locales it has: it decides how the database sorts and what its log says.
    private static readonly Dictionary<string, string?> Locale = new() { ["LC_ALL"] = "C.UTF-8" };

    private readonly string _folder;
    private readonly Endpoint _endpoint;
    private readonly Dictionary<string, string> _settings;
    private readonly string _user;
    private readonly string _password;
    private readonly string _database;
    private ServerIdentity _identity = ServerIdentity.Own;
    private string _data = "";

    /// <exception cref="RunnerException">PostgreSQL is not installed, or the manifest gives it no password.</exception>
    public PostgresResource(string name, ResourceContext context)
        : base(name, ResourceKind.Server, context)
    {
        _ = InstalledPrograms.PostgresFolder(majorVersion: null);
        _folder = context.Data.For(name);
        _endpoint = context.Endpoints[name, SqlBinding];
        _settings = context.EnvironmentOf(name);
        _user = _settings.GetValueOrDefault("POSTGRES_USER", "postgres");
        _database = _settings.GetValueOrDefault("POSTGRES_DB", _user);
        _password = _settings.GetValueOrDefault("POSTGRES_PASSWORD")
            ?? throw new ManifestException($"'{name}' has no POSTGRES_PASSWORD.");
    }

    protected override string ReadyCondition => $"'{_user}' can log in to '{_database}'";

    // Fast shutdown: connections are closed, everything is written. SIGTERM would wait until the clients leave.
    protected override Signal StopSignal => Signal.Interrupt;

    protected override async Task LaunchAsync(CancellationToken cancellationToken)
    {
        _identity = await ServerIdentity.ChooseAsync(Context.Watchdog, cancellationToken);
        _data = Path.Combine(await _identity.PrepareStorageAsync(_folder, RunToolAsync, cancellationToken), "data");
        if (!Directory.Exists(_data))
        {
            await InitializeAsync(cancellationToken);
        }

        StalePidFile.Delete(_data);
        string[] arguments =
        [
            "-D", _data,
            "-c", $"listen_addresses={_endpoint.Host}",
            "-c", string.Create(CultureInfo.InvariantCulture, $"port={_endpoint.Port}"),
            // The path of a socket is limited to 107 characters, which a folder somewhere in a home easily exceeds.
            "-c", "unix_socket_directories=",
            .. Context.ArgumentsOf(Name).SkipWhile(argument => argument == "postgres"),
        ];
        Launch(_identity.Run(Program("postgres"), arguments) with { WorkingDirectory = _data, Environment = Locale });
    }

    protected override async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString(_database));
            await connection.OpenAsync(cancellationToken);
            return null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw LoginRefused(_user, exception);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await CreateDatabaseAsync(cancellationToken);
            return exception.MessageText;
        }
        catch (NpgsqlException exception)
        {
            return exception.Message;
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(MaintenanceDatabase));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"create database {new NpgsqlCommandBuilder().QuoteIdentifier(_database)}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Without a pool: a connection that is kept would hold up the server's stop.
    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _endpoint.Host,
        Port = _endpoint.Port,
        Username = _user,
        Password = _password,
        Database = database,
        Timeout = 5,
        Pooling = false,
    }.ConnectionString;

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        // Under another name until it is complete, so that an interrupted start is not mistaken for a database.
        var incomplete = _data + ".incomplete";
        if (Directory.Exists(incomplete))
        {
            Directory.Delete(incomplete, recursive: true);
        }

        // The password travels through a pipe: a command line can be read by everyone, and a file would have to be wiped.
        const string readPasswordFromPipe = "exec \"$@\" --pwfile=<(printf '%s\\n' \"$POSTGRES_PASSWORD\")";
        string[] bash = ["-c", readPasswordFromPipe, "bash"];
        string[] initdb = [Program("initdb"), "-D", incomplete, "-U", _user, "--encoding=UTF8"];
        var further = _settings.GetValueOrDefault("POSTGRES_INITDB_ARGS", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await RunToolAsync(
            _identity.Run("bash", [.. bash, .. initdb, .. further]) with { Environment = new Dictionary<string, string?>(Locale) { ["POSTGRES_PASSWORD"] = _password } },
            cancellationToken);

        // initdb's own rules may trust every user of this machine, which in a container would be nobody else.
        var method = _settings.GetValueOrDefault("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256");
        var rules = Path.Combine(incomplete, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all all {_endpoint.Host}/32 {method}\n", cancellationToken);
        Directory.Move(incomplete, _data);
    }

    private string Program(string name)
    {
        var versionFile = Path.Combine(_data, "PG_VERSION");
        int? version = File.Exists(versionFile) ? int.Parse(File.ReadAllText(versionFile), CultureInfo.InvariantCulture) : null;
        return Path.Combine(InstalledPrograms.PostgresFolder(version), name);
    }
}
