using System.Text.Json.Nodes;
using Npgsql;
using UserOrder.ManifestRunner.Graph;
using UserOrder.ManifestRunner.Networking;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Security;

/// <summary>A RabbitMQ and a PostgreSQL that speak TLS, with certificates for <c>localhost</c> from an authority made for the tests.</summary>
public sealed class TlsServers : IAsyncLifetime
{
    private const string Arguments = "broker-arguments";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("userorder-tls-");
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private readonly PortAllocator _free = new();
    private ManifestGraph? _graph;
    private string? _missing;

    /// <summary>The authority's certificate.</summary>
    public string Authority => Path.Combine(_folder.FullName, "authority.pem");

    /// <summary>The certificate of an authority that has signed nothing here.</summary>
    public string Stranger => Path.Combine(_folder.FullName, "stranger.pem");

    /// <summary>The broker's port for AMQPS.</summary>
    public int BrokerPort { get; private set; }

    /// <summary>The broker's login.</summary>
    public string BrokerLogin => new Uri(_graph!.GetConnectionString("rabbitmq")).UserInfo;

    /// <summary>The database, without what the connection is to be secured with.</summary>
    public NpgsqlConnectionStringBuilder Database => new($"{_graph!.GetConnectionString("postgres")};Database=postgres;Pooling=false") { Host = "localhost" };

    public async ValueTask InitializeAsync()
    {
        _missing = InstalledServers.WhatIsMissing();
        if (_missing is not null)
        {
            return;
        }

        var (certificate, key) = _authority.Issue("localhost");
        await WriteAsync("authority.pem", _authority.Pem);
        await WriteAsync("stranger.pem", _stranger.Pem);
        await WriteAsync("server.pem", certificate);
        await WriteAsync("server.key", key);
        BrokerPort = _free.AnyFree();
        _graph = await ManifestGraph.StartAsync(
            new ManifestGraphOptions
            {
                ManifestPath = await WriteManifestAsync(),
                EphemeralPorts = true,
                Parameters = new Dictionary<string, string> { [Arguments] = BrokerArguments() },
            },
            TestContext.Current.CancellationToken);
        await SecureDatabaseAsync(certificate, key);
    }

    public async ValueTask DisposeAsync()
    {
        if (_graph is not null)
        {
            await _graph.DisposeAsync();
        }

        _free.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Skips the test, with the reason, where the servers are not installed.</summary>
    internal void AreNeeded() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text);

    /// <summary>The bench's two servers, the broker with arguments of its own.</summary>
    private async Task<string> WriteManifestAsync()
    {
        var servers = Path.Combine(Repository.Root, "bench", "UserOrder.Bench", "Servers", "servers.json");
        var manifest = JsonNode.Parse(await File.ReadAllBytesAsync(servers))!;
        var resources = manifest["resources"]!.AsObject();
        resources["rabbitmq"]!["env"]!["RABBITMQ_SERVER_START_ARGS"] = $"{{{Arguments}.value}}";
        resources[Arguments] = new JsonObject
        {
            ["type"] = "parameter.v0",
            ["value"] = $"{{{Arguments}.inputs.value}}",
            ["inputs"] = new JsonObject { ["value"] = new JsonObject { ["type"] = "string" } },
        };
        await WriteAsync("manifest.json", manifest.ToJsonString());
        return Path.Combine(_folder.FullName, "manifest.json");
    }

    private string BrokerArguments() =>
        $$"""-rabbit ssl_listeners [{"127.0.0.1",{{BrokerPort}}}] -rabbit ssl_options [{certfile,"{{_folder}}/server.pem"},{keyfile,"{{_folder}}/server.key"},{verify,verify_none},{fail_if_no_peer_cert,false}]""";

    /// <summary>The server itself writes its files, so that they belong to the user that it runs as.</summary>
    private async Task SecureDatabaseAsync(string certificate, string key)
    {
        await using var database = NpgsqlDataSource.Create(_graph!.GetConnectionString("postgres") + ";Database=postgres;Pooling=false");
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
