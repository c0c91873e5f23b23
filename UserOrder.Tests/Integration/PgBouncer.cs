using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using UserOrder.Processes;

namespace UserOrder.Tests.Integration;

/// <summary>A PgBouncer in transaction mode before the databases of one server, with few connections to each.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    /// <summary>Fewer than a service keeps open, so that a pool that gives a connection to a session would run dry.</summary>
    public const int ServerConnections = 4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-pgbouncer-");
    private readonly ConcurrentQueue<string> _output = new();
    private readonly int _port = FreePort.Next();
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly ChildProcess _process;

    /// <param name="server">A connection string of the server with a login and its password.</param>
    public PgBouncer(string server)
    {
        _server = new NpgsqlConnectionStringBuilder(server);
        var users = Path.Combine(_folder.FullName, "users.txt");
        var configuration = Path.Combine(_folder.FullName, "pgbouncer.ini");
        File.WriteAllText(users, $"\"{_server.Username}\" \"{_server.Password}\"\n");
        File.WriteAllText(
            configuration,
            $"""
            [databases]
            * = host=127.0.0.1 port={_server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {users}
            pool_mode = transaction
            default_pool_size = {ServerConnections}
            {(Environment.UserName == "root" ? "user = nobody" : "")}

            """);
        if (!OperatingSystem.IsWindows())
        {
            // The program gives up root before it reads the logins.
            _folder.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }

        _process = ChildProcess.Start(new ProcessSpecification(Program!, configuration), _output.Enqueue);
    }

    /// <summary>The path of PgBouncer; null if it is not installed.</summary>
    public static string? Program { get; } = InstalledProgram.Find("pgbouncer");

    /// <summary>The connection string of a service, as docs/operations.md describes it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString)
    {
        Host = "127.0.0.1",
        Port = _port,
        MaxAutoPrepare = 0,
        NoResetOnClose = true,
    }.ConnectionString;

    /// <exception cref="TimeoutException">PgBouncer does not accept a login; the message ends with its output.</exception>
    public Task WaitUntilUpAsync() => Until.TrueAsync("PgBouncer accepts a login", TryAsync, problem => problem.Length == 0);

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<string> TryAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            return "";
        }
        catch (NpgsqlException exception)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{exception.Message}\n{string.Join('\n', _output)}");
        }
    }
}
