using System.Collections.Concurrent;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Processes;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Security;

/// <summary>A RabbitMQ and a PostgreSQL that speak TLS, with certificates for <c>localhost</c> from an authority made for the tests.</summary>
public sealed class TlsServers : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-tls-");
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private readonly string _password = $"{Guid.NewGuid():N}";
    private readonly int _plainBrokerPort = FreePort.Next();
    private readonly int _databasePort = FreePort.Next();
    private readonly List<ChildProcess> _servers = [];
    private string? _missing;

    /// <summary>The authority's certificate.</summary>
    public string Authority => InFolder("authority.pem");

    /// <summary>The certificate of an authority that has signed nothing here.</summary>
    public string Stranger => InFolder("stranger.pem");

    /// <summary>The broker's port for AMQPS.</summary>
    public int BrokerPort { get; } = FreePort.Next();

    /// <summary>The broker's login.</summary>
    public string BrokerLogin => $"guest:{_password}";

    /// <summary>The database, without what the connection is to be secured with.</summary>
    public NpgsqlConnectionStringBuilder Database =>
        new($"Host=localhost;Port={_databasePort};Username=postgres;Password={_password};Database=postgres;Pooling=false");

    public async ValueTask InitializeAsync()
    {
        _missing = ServersOfThisMachine.WhatIsMissing();
        if (_missing is not null)
        {
            return;
        }

        var (certificate, key) = _authority.Issue("localhost");
        await File.WriteAllTextAsync(Authority, _authority.Pem);
        await File.WriteAllTextAsync(Stranger, _stranger.Pem);
        await File.WriteAllTextAsync(InFolder("server.pem"), certificate);
        await File.WriteAllTextAsync(InFolder("server.key"), key);
        var brokerIsUp = StartAsync("rabbitmq.sh", BrokerEnvironment(), LoginToBrokerAsync);
        await StartAsync("postgres.sh", DatabaseEnvironment(), () => SecureDatabaseAsync(certificate, key));
        await brokerIsUp;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.KillAsync()));

        // The database's files are elsewhere where another user has to own them.
        if (new DirectoryInfo(InFolder("postgres/cluster")).LinkTarget is { } outside)
        {
            Directory.Delete(outside, recursive: true);
        }

        _authority.Dispose();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Skips the test, with the reason, where the servers are not installed.</summary>
    internal void AreNeeded() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    private Dictionary<string, string?> BrokerEnvironment() => new()
    {
        ["RABBITMQ_DATA"] = InFolder("rabbitmq"),
        ["RABBITMQ_DEFAULT_USER"] = "guest",
        ["RABBITMQ_DEFAULT_PASS"] = _password,
        ["RABBITMQ_NODE_PORT"] = $"{_plainBrokerPort}",
        ["RABBITMQ_MANAGEMENT_PORT"] = $"{FreePort.Next()}",
        ["RABBITMQ_PROMETHEUS_PORT"] = $"{FreePort.Next()}",
        ["RABBITMQ_DIST_PORT"] = $"{FreePort.Next()}",
        ["ERL_EPMD_PORT"] = $"{FreePort.Next()}",
        ["RABBITMQ_SERVER_START_ARGS"] =
            $$"""-rabbit ssl_listeners [{"127.0.0.1",{{BrokerPort}}}] """ +
            $$"""-rabbit ssl_options [{certfile,"{{_folder}}/server.pem"},{keyfile,"{{_folder}}/server.key"},""" +
            "{verify,verify_none},{fail_if_no_peer_cert,false}]",
    };

    private Dictionary<string, string?> DatabaseEnvironment() => new()
    {
        ["PGDATA"] = InFolder("postgres"),
        ["PGPORT"] = $"{_databasePort}",
        ["POSTGRES_PASSWORD"] = _password,
    };

    /// <summary>Starts a server as the AppHost does, and returns when it lets a client in.</summary>
    private async Task StartAsync(string script, Dictionary<string, string?> environment, Func<Task> login)
    {
        var path = Path.Combine(Repository.Root, "UserOrder.AppHost", "LocalServers", script);
        var output = new ConcurrentQueue<string>();
        var server = ChildProcess.Start(new ProcessSpecification("bash", path) { Environment = environment }, output.Enqueue);
        _servers.Add(server);
        await Until.EqualAsync(null, $"{script} lets a client in", async () =>
        {
            Assert.False(server.Exited.IsCompleted, string.Join('\n', output));
            try
            {
                await login();
                return null;
            }
            catch (Exception exception) when (exception is NpgsqlException or BrokerUnreachableException)
            {
                return exception.Message;
            }
        });
    }

    private async Task LoginToBrokerAsync()
    {
        var factory = new ConnectionFactory { Uri = new Uri($"amqp://{BrokerLogin}@127.0.0.1:{_plainBrokerPort}") };
        await using var connection = await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The server itself writes its files, so that they belong to the user that it runs as.</summary>
    private async Task SecureDatabaseAsync(string certificate, string key)
    {
        await using var database = NpgsqlDataSource.Create(Database);
        foreach (var (name, pem) in new[] { ("server.crt", certificate), ("server.key", key) })
        {
            await ExecuteAsync($"copy (select unnest(string_to_array('{pem}', E'\\n'))) to program 'umask 077; cat > {name}'");
        }

        await ExecuteAsync("alter system set ssl = on");
        await ExecuteAsync("select pg_reload_conf()");

        async Task ExecuteAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
