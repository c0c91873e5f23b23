using Npgsql;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Observability;

/// <summary>
/// A separate graph with production settings. A real Prometheus with the deployed rules scrapes its metrics; its telemetry goes to the
/// tests and to the Aspire dashboard.
/// </summary>
public sealed class ObservedSystem : IAsyncLifetime
{
    private const string Dashboard = "aspire-dashboard";

    private static readonly string[] Services = ["user-api", "order-api"];

    private readonly List<IAsyncDisposable> _opened = [];
    private readonly Dictionary<string, NpgsqlDataSource> _databases = [];
    private LocalGraph? _graph;
    private Prometheus? _prometheus;
    private TelemetryTap? _tap;

    internal LocalGraph Graph => _graph ?? throw new InvalidOperationException("The system has not been started.");

    /// <summary>The login address of the dashboard.</summary>
    internal Uri DashboardLogin => new(Graph.GetUrl(Dashboard), $"/login?t={Graph.GetSetting("AppHost:BrowserToken")}");

    internal Prometheus Prometheus => _prometheus!;

    internal TelemetryTap Tap => _tap!;

    internal HttpClient UserApi { get; } = new();

    internal HttpClient OrderApi { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (PrometheusPrograms.ReasonToSkip is not null)
        {
            return;
        }

        _tap = await TelemetryTap.StartAsync();
        _opened.Add(_tap);
        _prometheus = new Prometheus();
        _opened.Add(_prometheus);
        _graph = await LocalGraph.StartAsync(
            new GraphOptions
            {
                Environment = "Production",
                HasDashboard = true,
                ExtraEnvironment = Services.ToDictionary(
                    service => service, IReadOnlyDictionary<string, string> (_) => Environment(_tap.Url)),
            },
            TestContext.Current.CancellationToken);
        _opened.Add(_graph);
        await _prometheus.StartAsync(_graph.GetUrl("rabbitmq", "metrics"), _graph.GetUrl("user-api"), _graph.GetUrl("order-api"));
        foreach (var signal in new[] { "metrics", "traces", "logs" })
        {
            _tap.PassOn(signal, new Uri(_graph.GetUrl(Dashboard, "otlp-http"), $"/v1/{signal}"), _graph.GetSetting("AppHost:OtlpApiKey"));
        }

        UserApi.BaseAddress = _graph.GetUrl("user-api");
        OrderApi.BaseAddress = _graph.GetUrl("order-api");
        await Until.TrueAsync(
            "Prometheus has scraped both services",
            async () => (await _prometheus.QueryAsync("count by (job) (userorder_health)")).Count,
            services => services == 2);
    }

    public async ValueTask DisposeAsync()
    {
        _opened.Reverse();
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        UserApi.Dispose();
        OrderApi.Dispose();
    }

    internal async Task<NpgsqlDataSource> OpenDatabaseAsync(string name)
    {
        if (!_databases.TryGetValue(name, out var database))
        {
            database = NpgsqlDataSource.Create(await Graph.GetConnectionStringAsync(name, TestContext.Current.CancellationToken));
            _databases.Add(name, database);
            _opened.Add(database);
        }

        return database;
    }

    /// <summary>Runs a counting statement on the database of a service.</summary>
    internal async Task<long> CountAsync(string database, string sql, params object[] parameters)
    {
        await using var command = (await OpenDatabaseAsync(database)).CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    internal async Task<IChannel> OpenChannelAsync()
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", TestContext.Current.CancellationToken)),
        };
        var connection = await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
        _opened.Add(connection);
        return await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>The complete lines of a service's console log so far.</summary>
    internal string[] LogOf(string service) =>
    [
        .. LogFile.Read(Path.Combine(Graph.LogFolder, $"{service}.log")).Split('\n')[..^1]
            .SkipWhile(line => !line.StartsWith("[sys] Starting process", StringComparison.Ordinal)).Skip(1),
    ];

    private static Dictionary<string, string> Environment(Uri tap) => new()
    {
        ["Security__Open"] = "true",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = tap.AbsoluteUri,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRICS_EXPORTER"] = "otlp,prometheus",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",

        // Aspire sets these for development; restore the defaults.
        ["OTEL_TRACES_SAMPLER"] = "parentbased_always_on",
        ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",

        // Aspire sets the formatter for terminals; in a container the service chooses it.
        ["LOGGING__CONSOLE__FORMATTERNAME"] = "",
    };
}

[CollectionDefinition(Name)]
public sealed class ObservedTests : ICollectionFixture<ObservedSystem>
{
    public const string Name = "the observed system";
}
