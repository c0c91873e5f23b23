using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Processes;
using UserOrder.ServiceDefaults.Broker;

namespace UserOrder.Tests.Security;

/// <summary>TLS and proxies of the connections that the services open and accept.</summary>
public sealed class TransportTests(TlsServers servers) : IClassFixture<TlsServers>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_certificate_of_the_configured_authority_is_accepted()
    {
        servers.RequireServers();
        await using var connection = await ConnectToBrokerAsync("localhost", servers.Authority);

        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_broker_certificate_of_another_authority_is_refused()
    {
        servers.RequireServers();

        await AssertBrokerRefusedAsync("localhost", servers.Stranger);
        await AssertBrokerRefusedAsync("localhost", authority: null);
    }

    [Fact]
    public async Task A_broker_certificate_for_another_host_is_refused()
    {
        servers.RequireServers();

        await AssertBrokerRefusedAsync("127.0.0.1", servers.Authority);
    }

    [Fact]
    public async Task Another_node_of_the_cluster_is_reached_with_the_same_login_and_must_have_a_certificate_for_its_own_host()
    {
        servers.RequireServers();
        var unreachable = $"amqps://{servers.BrokerLogin}@127.0.0.1:{FreePort.Next()}";

        await using var connection = await Broker(unreachable, servers.Authority, $"localhost:{servers.BrokerPort}")
            .CreateConnectionAsync(Cancelled);

        Assert.True(connection.IsOpen);
        var exception = await Assert.ThrowsAsync<BrokerUnreachableException>(
            () => Broker(unreachable, servers.Authority, $"127.0.0.1:{servers.BrokerPort}").CreateConnectionAsync(Cancelled));
        Assert.Contains(Causes(exception), cause => cause is AuthenticationException);
    }

    [Fact]
    public async Task The_management_API_is_trusted_like_the_broker()
    {
        servers.RequireServers();
        await Until.EqualAsync("", "the administrator's login provisions the user", () => ProvisionAsync("localhost", servers.Authority));

        Assert.Contains("SSL", await ProvisionAsync("localhost", servers.Stranger), StringComparison.Ordinal);
        Assert.Contains("SSL", await ProvisionAsync("localhost", authority: null), StringComparison.Ordinal);
        Assert.Contains("SSL", await ProvisionAsync("127.0.0.1", servers.Authority), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("1.3.6.1.5.5.7.3.1", true)]
    [InlineData("1.3.6.1.5.5.7.3.2", false)]
    public async Task A_certificate_of_the_configured_authority_must_be_for_servers(string? usage, bool isAccepted)
    {
        using var authority = new TestAuthority();
        var folder = Directory.CreateTempSubdirectory("userorder-usage-");
        try
        {
            var root = Path.Combine(folder.FullName, "authority.pem");
            await File.WriteAllTextAsync(root, authority.Pem, Cancelled);
            var (certificate, key) = authority.Issue("localhost", usage);
            using var server = X509Certificate2.CreateFromPem(certificate, key);

            Assert.Equal(
                isAccepted,
                new RootCertificate("root", root).Accepts(server, sent: null, SslPolicyErrors.RemoteCertificateChainErrors));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("missing.pem")]
    [InlineData("/dev/null")]
    public void An_invalid_root_certificate_stops_the_start(string path)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Broker("amqps://localhost", path));

        Assert.Contains("Broker:RootCertificate", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_connection_uses_TLS_by_connection_string()
    {
        servers.RequireServers();
        using var host = Database("localhost", servers.Authority);
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var command = database.CreateCommand("select ssl from pg_stat_ssl where pid = pg_backend_pid()");

        Assert.Equal(true, await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task A_database_certificate_of_another_authority_is_refused()
    {
        servers.RequireServers();

        await AssertDatabaseRefusedAsync("localhost", servers.Stranger);
    }

    [Fact]
    public async Task A_database_certificate_for_another_host_is_refused()
    {
        servers.RequireServers();

        await AssertDatabaseRefusedAsync("127.0.0.1", servers.Authority);
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public async Task HTTPS_by_configuration_sends_HSTS_outside_Development(string environment, bool sendsHsts)
    {
        using var authority = new TestAuthority();
        var folder = Directory.CreateTempSubdirectory("userorder-https-");
        try
        {
            var (certificate, key) = authority.Issue("api.example.com");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "server.pem"), certificate, Cancelled);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "server.key"), key, Cancelled);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "authority.pem"), authority.Pem, Cancelled);
            await using var app = await StartAsync(
                environment,
                ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"),
                ("Kestrel:Endpoints:Https:Certificate:Path", Path.Combine(folder.FullName, "server.pem")),
                ("Kestrel:Endpoints:Https:Certificate:KeyPath", Path.Combine(folder.FullName, "server.key")));

            var root = new RootCertificate("authority", Path.Combine(folder.FullName, "authority.pem"));
            using var handler = new SocketsHttpHandler();
            handler.SslOptions.TargetHost = "api.example.com";
            handler.SslOptions.RemoteCertificateValidationCallback = (_, server, chain, errors) => root.Accepts(server, chain, errors);
            using var client = new HttpClient(handler);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Urls.Single()}/seen");
            request.Headers.Host = "api.example.com";
            using var response = await client.SendAsync(request, Cancelled);

            Assert.Equal("https 127.0.0.1", await response.Content.ReadAsStringAsync(Cancelled));
            Assert.Equal(sendsHsts, response.Headers.Contains("Strict-Transport-Security"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The clients connect from different loopback addresses; only one of them is the proxy.</summary>
    [Theory]
    [InlineData("127.0.0.2", "https 203.0.113.9")]
    [InlineData("127.0.0.1", "http 127.0.0.1")]
    public async Task Only_a_configured_proxy_can_set_forwarded_headers(string from, string seen)
    {
        await using var app = await StartAsync(
            "Production", ("ForwardedHeaders_Enabled", "true"), ("ForwardedHeaders:KnownProxies:0", "127.0.0.2"));

        Assert.Equal(seen, await AskAsync(app, from));
    }

    [Theory]
    [InlineData("127.0.0.2", "https 203.0.113.9")]
    [InlineData("127.0.0.9", "http 127.0.0.9")]
    public async Task Only_a_configured_network_can_set_forwarded_headers(string from, string seen)
    {
        await using var app = await StartAsync(
            "Production", ("ForwardedHeaders_Enabled", "true"), ("ForwardedHeaders:KnownNetworks:0", "127.0.0.0/30"));

        Assert.Equal(seen, await AskAsync(app, from));
    }

    [Theory]
    [InlineData("ForwardedHeaders:KnownProxies:0", "ingress")]
    [InlineData("ForwardedHeaders:KnownNetworks:0", "10.0.0.0/99")]
    public async Task An_invalid_proxy_address_stops_the_start(string key, string value)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync("Production", (key, value)));

        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(string environment, params (string Key, string Value)[] settings)
    {
        var arguments = settings.Select(setting => $"--{setting.Key}={setting.Value}");
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--urls=http://127.0.0.1:0", "--Security:Open=true", .. arguments],
            EnvironmentName = environment,
        });
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.AddApiDefaults();
        builder.Services.AddOpenApi();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseApiDefaults();
        app.MapGet("/seen", (HttpContext context) => $"{context.Request.Scheme} {context.Connection.RemoteIpAddress}");
        await app.StartAsync(Cancelled);
        return app;
    }

    private static async Task<string> AskAsync(WebApplication app, string from)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Urls.Single()}/seen");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await client.SendAsync(request, Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    private static IConnectionFactory Broker(string uri, string? authority, params string[] otherNodes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:rabbitmq", uri),
            new("Broker:RootCertificate", authority),
            .. otherNodes.Select((node, i) => KeyValuePair.Create<string, string?>($"Broker:Endpoints:{i}", node)),
        ]);
        builder.AddMessageBroker("rabbitmq");
        return builder.Services.BuildServiceProvider().GetRequiredService<IConnectionFactory>();
    }

    private Task<IConnection> ConnectToBrokerAsync(string host, string? authority) =>
        Broker($"amqps://{servers.BrokerLogin}@{host}:{servers.BrokerPort}", authority).CreateConnectionAsync(Cancelled);

    /// <returns>Why the API did not provision the user; empty if it did.</returns>
    private async Task<string> ProvisionAsync(string host, string? authority)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:rabbitmq", $"amqps://tls-user:secret@{host}:{servers.BrokerPort}"),
            new("ConnectionStrings:rabbitmq-management", $"https://{servers.BrokerLogin}@{host}:{servers.ManagementPort}"),
            new("Broker:RootCertificate", authority),
        ]);
        builder.AddMessageBroker("rabbitmq");
        builder.AddMessaging("tls-user");
        await using var services = builder.Services.BuildServiceProvider();
        try
        {
            await services.GetRequiredService<BrokerAccess>().GrantAsync(Cancelled);
            return "";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    }

    private async Task AssertBrokerRefusedAsync(string host, string? authority)
    {
        var exception = await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectToBrokerAsync(host, authority));

        Assert.Contains(Causes(exception), cause => cause is AuthenticationException);
    }

    private IHost Database(string host, string authority)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:securedb"] =
            new NpgsqlConnectionStringBuilder(servers.Database.ConnectionString)
            {
                Host = host,
                SslMode = SslMode.VerifyFull,
                RootCertificate = authority,
                Timeout = 30,
            }.ConnectionString;
        builder.AddPostgresDatabase("securedb", typeof(TransportTests).Assembly);
        return builder.Build();
    }

    private async Task AssertDatabaseRefusedAsync(string host, string authority)
    {
        using var built = Database(host, authority);
        var database = built.Services.GetRequiredService<NpgsqlDataSource>();

        var exception = await Assert.ThrowsAsync<NpgsqlException>(async () => await database.OpenConnectionAsync(Cancelled));

        Assert.Contains(Causes(exception), cause => cause is AuthenticationException);
    }

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            foreach (var cause in (exception as AggregateException)?.InnerExceptions.SelectMany(Causes) ?? [])
            {
                yield return cause;
            }

            yield return exception;
        }
    }
}
