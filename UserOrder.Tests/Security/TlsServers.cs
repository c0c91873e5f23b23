using Npgsql;
using UserOrder.Processes;
using UserOrder.Processes.Servers;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Security;

/// <summary>A RabbitMQ and a PostgreSQL with TLS. A temporary authority issues their certificates for <c>localhost</c>.</summary>
public sealed class TlsServers : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-tls-");
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private readonly PostgresServer _database = new();
    private readonly RabbitMqServer _broker;
    private string? _reasonToSkip;

    public TlsServers() => _broker = new RabbitMqServer(
        $$"""-rabbit ssl_listeners [{"127.0.0.1",{{BrokerPort}}}] """ +
        $$"""-rabbit ssl_options [{certfile,"{{_folder}}/server.pem"},{keyfile,"{{_folder}}/server.key"},""" +
        "{verify,verify_none},{fail_if_no_peer_cert,false}] " +
        $$"""-rabbitmq_management ssl_config [{ip,"127.0.0.1"},{port,{{ManagementPort}}},""" +
        $$"""{certfile,"{{_folder}}/server.pem"},{keyfile,"{{_folder}}/server.key"}]""",
        hasManagement: true);

    /// <summary>The path of the authority's certificate.</summary>
    public string Authority => Path.Combine(_folder.FullName, "authority.pem");

    /// <summary>The path of the certificate of an unrelated authority.</summary>
    public string Stranger => Path.Combine(_folder.FullName, "stranger.pem");

    /// <summary>The broker's port for AMQPS.</summary>
    public int BrokerPort { get; } = FreePort.Next();

    /// <summary>The port of the broker's management API with TLS.</summary>
    public int ManagementPort { get; } = FreePort.Next();

    /// <summary>The broker's login.</summary>
    public string BrokerLogin => new Uri(_broker.Uri).UserInfo;

    /// <summary>The connection string of the database, without TLS settings.</summary>
    public NpgsqlConnectionStringBuilder Database =>
        new($"{_database.ConnectionString(PostgresServer.DefaultDatabase)};Pooling=false") { Host = "localhost" };

    public async ValueTask InitializeAsync()
    {
        _reasonToSkip = ServersOfThisMachine.ReasonToSkip();
        if (_reasonToSkip is not null)
        {
            return;
        }

        var (certificate, key) = _authority.Issue("localhost");
        await WriteAsync("authority.pem", _authority.Pem);
        await WriteAsync("stranger.pem", _stranger.Pem);
        await WriteAsync("server.pem", certificate);
        await WriteAsync("server.key", key);
        var brokerIsUp = _broker.StartAsync();
        await _database.StartAsync();
        await SecureDatabaseAsync(certificate, key);
        await brokerIsUp;
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
        _authority.Dispose();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Skips the test, with the reason, if the servers are not installed.</summary>
    internal void RequireServers() => Assert.SkipWhen(_reasonToSkip is not null, _reasonToSkip ?? "");

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text);

    /// <summary>Lets the server write its own files, so that they belong to its user.</summary>
    private async Task SecureDatabaseAsync(string certificate, string key)
    {
        await using var database = await _database.OpenAsync(PostgresServer.DefaultDatabase, TestContext.Current.CancellationToken);
        foreach (var (name, pem) in new[] { ("server.crt", certificate), ("server.key", key) })
        {
            await ExecuteAsync($"copy (select unnest(string_to_array('{pem}', E'\\n'))) to program 'umask 077; cat > {name}'");
        }

        await ExecuteAsync("alter system set ssl = on");
        await ExecuteAsync("select pg_reload_conf()");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, database);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
